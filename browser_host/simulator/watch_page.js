// A simulated watch page: posts and accepts what the documented ones do, follows its script, and reports what it receives.
'use strict';
(() => {
  const script = JSON.parse(document.getElementById('script').textContent);
  const MODES = new Set(['draw', 'pointer', 'cursor']);
  const page = { script, status: null, color: script.palette[0], mode: 'cursor', ended: false };
  let timers = [];
  let reports = [];
  let newestOrder = 0;
  let pendingExchange = null;
  const posted = { sessionStatusUpdate: 0, currentColor: 0, customMessage: 0 };

  // The vendor's pages post to '*', so this one does.
  const post = (message, transfer) => {
    if (script.mute || parent === window) return;
    if (script.activity === 'clock') posted[message.type] += 1;
    parent.postMessage(message, '*', transfer);
  };
  const later = (ms, act) => timers.push(setTimeout(act, ms));

  function text(message) {
    try { return JSON.parse(JSON.stringify(message)) ?? null; } catch { return String(message).slice(0, 200); }
  }

  function report(entry, within) {
    reports.push({ at: Date.now(), ...entry });
    if (within === 0) queueMicrotask(exchange);
    else pendingExchange ??= setTimeout(exchange, within);
  }

  async function exchange() {
    clearTimeout(pendingExchange);
    pendingExchange = null;
    const body = JSON.stringify({ reports: reports.splice(0, 200), after: newestOrder, opening: script.opening });
    try {
      // As text, with keepalive: works from an opaque origin, and completes although the page navigates or crashes.
      const answer = await fetch(`${location.pathname}/exchange`, { method: 'POST', body, keepalive: body.length < 30000 });
      for (const order of (await answer.json()).orders) {
        if (order.number > newestOrder) { newestOrder = order.number; executeOrder(order); }
      }
    } catch { /* The simulator has stopped, and its record is gone. */ }
  }

  function formatColor(color) {
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
    switch (script.color_format) {
      case 'upper': return color.toUpperCase();
      case 'short': return /^#(.)\1(.)\2(.)\3$/.test(color) ? color.replace(/(.)\1/g, '$1') : color;
      case 'rgb': return `rgb(${r}, ${g}, ${b})`;
      case 'rgba': return `rgba(${r}, ${g}, ${b}, 1)`;
      case 'name': return script.names[color] ?? color;
      default: return color;
    }
  }

  function postState() {
    const color = formatColor(page.color);
    if (script.status_formats.includes('flat')) {
      post({ type: 'upscope.sessionState.update', state: { sessionStatus: page.status, currentColor: color, mode: page.mode } });
    }
    if (script.status_formats.includes('nested')) {
      const state = { version: 7, session: { phase: { status: page.status, since: Date.now() } },
        tools: { pen: { color, mode: page.mode } }, visitor: { tabs: [{ focused: true }] } };
      post({ type: 'upscope.sessionState.update', state });
    }
  }

  function postStatus() {
    postState();
    if (script.status_formats.includes('plain')) post({ type: 'sessionStatusUpdate', sessionStatus: page.status });
  }

  function postColor() {
    document.getElementById('swatch').style.background = page.color;
    postState();
    if (script.status_formats.includes('plain')) post({ type: 'currentColor', color: formatColor(page.color) });
  }

  function setStatus(status) {
    page.status = status;
    document.getElementById('status').textContent = status;
    report({ kind: 'life', text: status }, 250);
    postStatus();
    if (status === 'viewerReady') goLive();
  }

  function schedule(steps) {
    for (const [ms, status] of steps) if (ms > 0) later(ms, () => setStatus(status)); else setStatus(status);
  }

  function begin() {
    page.ended = false;
    schedule(script.steps);
    postColor();
  }

  function end(reason) {
    if (page.ended) return;
    page.ended = true;
    timers.forEach(clearTimeout);
    timers = [];
    page.status = 'terminated';
    document.getElementById('status').textContent = 'terminated';
    // Reports of 200 ends at once cost more than the ends: they are delayed, unless the page navigates away.
    report({ kind: 'life', text: 'terminated' }, script.end_url ? 0 : 1000);
    if (reason === 'error') post({ type: 'error', error: { code: 'session_failed', message: 'the visitor’s browser went away' } });
    else if (script.end_events.includes('terminated')) postStatus();
    if (reason === 'error' || script.end_events.includes('sessionEnded')) post({ type: 'sessionEnded', reason });
    if (script.end_url) location.replace(script.end_url);
    else if (script.after_end === 'restart') later(800, begin);
  }

  function toggle() {
    const place = script.palette.indexOf(page.color);
    page.color = script.palette[(place + 1) % script.palette.length];
    postColor();
  }

  function execute({ action, mode, color }) {
    if (action === 'endSession') { later(script.end_after, () => end('ended')); return true; }
    if (action === 'setMode' && MODES.has(mode)) { page.mode = mode; postState(); return true; }
    if (action === 'switchColor' && color === undefined) { toggle(); return true; }
    if (action === 'switchColor' && /^#[0-9a-f]{6}$/i.test(color)) { page.color = color.toLowerCase(); postColor(); return true; }
    return false;
  }

  addEventListener('message', ({ source, data }) => {
    if (source === window) return;
    if (source !== parent) { report({ kind: 'stray', message: text(data) }, 0); return; }
    const took = !script.deaf && !page.ended && data !== null && typeof data === 'object' && execute(data);
    report({ kind: 'instruction', message: text(data), took }, 0);
  });

  let state = script.seed;
  function chance() {  // mulberry32: small, and seeded
    state = (state + 0x6D2B79F5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  function actRandomly() {
    const draw = chance();
    if (draw < 0.5) toggle();
    else if (draw < 0.75) postStatus();
    else post({ type: 'customMessage', message: { topic: 'cart', items: Math.floor(chance() * 9), total: chance().toFixed(2) } });
  }

  // The colour is the low 24 bits of the clock in milliseconds: wherever it shows, the delay is known.
  function postTime() {
    const draw = chance();
    const at = Date.now();
    if (draw < 0.7) post({ type: 'currentColor', color: `#${(at & 0xffffff).toString(16).padStart(6, '0')}` });
    else if (draw < 0.95) postStatus();
    else post({ type: 'customMessage', message: { words: { ...posted }, at } });
  }

  // Calls `act` `perSecond` times a second, in ticks of at least 20 ms, which a frame's timers can keep.
  function repeat(perSecond, act) {
    const every = Math.max(1000 / perSecond, 20);
    let due = 0;
    const tick = () => {
      due += perSecond * every / 1000;
      for (; due >= 0.999; due -= 1) act();
      later(every, tick);
    };
    later(every * chance(), tick);
  }

  function goLive() {
    const startActivity = () => repeat(script.rate, script.activity === 'clock' ? postTime : actRandomly);
    if (script.rate > 0) later(Math.max(0, script.quiet_until - Date.now()), startActivity);
    if (script.fault) later(script.fault_after, () => injectFault(script.fault));
  }

  // Report first: a page that crashed or loops reports nothing.
  async function injectFault(fault) {
    report({ kind: 'life', text: `fault: ${fault}` }, 250);
    await exchange();
    if (fault === 'end') end('ended');
    else if (fault === 'error') end('error');
    else window.faults[fault]({ ...page, post, repeat, report, text });
  }

  function executeOrder(order) {
    switch (order.do) {
      case 'accept': if (page.status === 'pendingRequest') schedule(script.steps_after_accept); break;
      case 'decline': case 'end': end('ended'); break;
      case 'say': post(order.message); break;
      default: injectFault(order.do);
    }
  }

  setInterval(exchange, script.poll);
  report({ kind: 'life', text: 'opened' }, 0);
  begin();
})();
