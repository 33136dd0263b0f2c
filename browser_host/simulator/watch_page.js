// A watch page of our own: says and takes what the documented ones do, as its script tells it, and notes what it met.
'use strict';
(() => {
  const script = JSON.parse(document.getElementById('script').textContent);
  const MODES = new Set(['draw', 'pointer', 'cursor']);
  const page = { script, status: null, color: script.palette[0], mode: 'cursor', ended: false };
  let timers = [];
  let said = [];
  let newest = 0;
  let flushing = null;
  const words = { sessionStatusUpdate: 0, currentColor: 0, customMessage: 0 };

  // The vendor's pages post to '*', so this one does.
  const say = (message, transfer) => {
    if (script.mute || parent === window) return;
    if (script.stirs === 'clock') words[message.type] += 1;
    parent.postMessage(message, '*', transfer);
  };
  const later = (ms, act) => timers.push(setTimeout(act, ms));

  function text(message) {
    try { return JSON.parse(JSON.stringify(message)) ?? null; } catch { return String(message).slice(0, 200); }
  }

  function note(entry, within) {
    said.push({ at: Date.now(), ...entry });
    if (within === 0) queueMicrotask(exchange);
    else flushing ??= setTimeout(exchange, within);
  }

  async function exchange() {
    clearTimeout(flushing);
    flushing = null;
    const body = JSON.stringify({ said: said.splice(0, 200), after: newest, opening: script.opening });
    try {
      // As text, and kept alive: works from an opaque origin, and outlives the page that leaves or dies.
      const answer = await fetch(`${location.pathname}/exchange`, { method: 'POST', body, keepalive: body.length < 30000 });
      for (const order of (await answer.json()).orders) {
        if (order.number > newest) { newest = order.number; carryOut(order); }
      }
    } catch { /* The simulator is gone, and its record with it. */ }
  }

  function written(color) {
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
    switch (script.format) {
      case 'upper': return color.toUpperCase();
      case 'short': return /^#(.)\1(.)\2(.)\3$/.test(color) ? color.replace(/(.)\1/g, '$1') : color;
      case 'rgb': return `rgb(${r}, ${g}, ${b})`;
      case 'rgba': return `rgba(${r}, ${g}, ${b}, 1)`;
      case 'name': return script.names[color] ?? color;
      default: return color;
    }
  }

  function tellState() {
    const color = written(page.color);
    if (script.says.includes('flat')) {
      say({ type: 'upscope.sessionState.update', state: { sessionStatus: page.status, currentColor: color, mode: page.mode } });
    }
    if (script.says.includes('nested')) {
      const state = { version: 7, session: { phase: { status: page.status, since: Date.now() } },
        tools: { pen: { color, mode: page.mode } }, visitor: { tabs: [{ focused: true }] } };
      say({ type: 'upscope.sessionState.update', state });
    }
  }

  function tellStatus() {
    tellState();
    if (script.says.includes('plain')) say({ type: 'sessionStatusUpdate', sessionStatus: page.status });
  }

  function tellColor() {
    document.getElementById('swatch').style.background = page.color;
    tellState();
    if (script.says.includes('plain')) say({ type: 'currentColor', color: written(page.color) });
  }

  function become(status) {
    page.status = status;
    document.getElementById('status').textContent = status;
    note({ kind: 'life', text: status }, 250);
    tellStatus();
    if (status === 'viewerReady') goLive();
  }

  function play(steps) {
    for (const [ms, status] of steps) if (ms > 0) later(ms, () => become(status)); else become(status);
  }

  function begin() {
    page.ended = false;
    play(script.steps);
    tellColor();
  }

  function end(reason) {
    if (page.ended) return;
    page.ended = true;
    timers.forEach(clearTimeout);
    timers = [];
    page.status = 'terminated';
    document.getElementById('status').textContent = 'terminated';
    // Two hundred ends at once cost less than two hundred records of them: these wait, unless the page leaves.
    note({ kind: 'life', text: 'terminated' }, script.end_url ? 0 : 1000);
    if (reason === 'error') say({ type: 'error', error: { code: 'session_failed', message: 'the visitor’s browser went away' } });
    else if (script.ending.includes('terminated')) tellStatus();
    if (reason === 'error' || script.ending.includes('sessionEnded')) say({ type: 'sessionEnded', reason });
    if (script.end_url) location.replace(script.end_url);
    else if (script.after_end === 'restart') later(800, begin);
  }

  function toggle() {
    const place = script.palette.indexOf(page.color);
    page.color = script.palette[(place + 1) % script.palette.length];
    tellColor();
  }

  function obey({ action, mode, color }) {
    if (action === 'endSession') { later(script.end_after, () => end('ended')); return true; }
    if (action === 'setMode' && MODES.has(mode)) { page.mode = mode; tellState(); return true; }
    if (action === 'switchColor' && color === undefined) { toggle(); return true; }
    if (action === 'switchColor' && /^#[0-9a-f]{6}$/i.test(color)) { page.color = color.toLowerCase(); tellColor(); return true; }
    return false;
  }

  addEventListener('message', ({ source, data }) => {
    if (source === window) return;
    if (source !== parent) { note({ kind: 'stray', message: text(data) }, 0); return; }
    const took = !script.deaf && !page.ended && data !== null && typeof data === 'object' && obey(data);
    note({ kind: 'instruction', message: text(data), took }, 0);
  });

  let state = script.seed;
  function chance() {  // mulberry32: small, and seeded
    state = (state + 0x6D2B79F5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  function stir() {
    const lot = chance();
    if (lot < 0.5) toggle();
    else if (lot < 0.75) tellStatus();
    else say({ type: 'customMessage', message: { topic: 'cart', items: Math.floor(chance() * 9), total: chance().toFixed(2) } });
  }

  // A colour is the low 24 bits of the clock's milliseconds: whoever sees it anywhere knows how long it took.
  function tellTime() {
    const lot = chance();
    const at = Date.now();
    if (lot < 0.7) say({ type: 'currentColor', color: `#${(at & 0xffffff).toString(16).padStart(6, '0')}` });
    else if (lot < 0.95) tellStatus();
    else say({ type: 'customMessage', message: { words: { ...words }, at } });
  }

  // Calls `act` so many times a second, in ticks of at least 20 ms: what a frame's timers keep up with.
  function often(perSecond, act) {
    const every = Math.max(1000 / perSecond, 20);
    let owed = 0;
    const tick = () => {
      owed += perSecond * every / 1000;
      for (; owed >= 0.999; owed -= 1) act();
      later(every, tick);
    };
    later(every * chance(), tick);
  }

  function goLive() {
    const lively = () => often(script.rate, script.stirs === 'clock' ? tellTime : stir);
    if (script.rate > 0) later(Math.max(0, script.quiet_until - Date.now()), lively);
    if (script.fault) later(script.fault_after, () => strike(script.fault));
  }

  // The record hears of it first: a page that died or loops reports nothing.
  async function strike(fault) {
    note({ kind: 'life', text: `fault: ${fault}` }, 250);
    await exchange();
    if (fault === 'end') end('ended');
    else if (fault === 'error') end('error');
    else window.faults[fault]({ ...page, say, often, note, text });
  }

  function carryOut(order) {
    switch (order.do) {
      case 'accept': if (page.status === 'pendingRequest') play(script.then); break;
      case 'decline': case 'end': end('ended'); break;
      case 'say': say(order.message); break;
      default: strike(order.do);
    }
  }

  setInterval(exchange, script.poll);
  note({ kind: 'life', text: 'opened' }, 0);
  begin();
})();
