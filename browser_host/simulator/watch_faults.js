// What a watch page may do to its host; each runs once the page is live, or on an order.
'use strict';
window.faults = {
  crash() {
    // Laying out nodes nested 8,000 deep overflows the renderer's own stack, which kills it within a second at 120 MB;
    // filling the heap takes gigabytes, and mostly ends in an exception. If the page survives, it goes on doubling.
    const root = document.createElement('div');
    let leaf = root;
    for (let doubled = 1; doubled < 24; doubled += 1) {
      const copy = root.cloneNode(true);
      let end = copy;
      while (end.firstChild) end = end.firstChild;
      leaf.append(copy);
      leaf = end;
      if (doubled >= 13) {
        document.body.append(root.cloneNode(true));
        document.body.offsetHeight;
      }
    }
  },

  loop() {
    for (;;);
  },

  // Starts again whenever the loop is broken.
  loops() {
    setInterval(() => { for (;;); }, 0);
  },

  flood({ script, post, repeat }) {
    let number = 0;
    repeat(script.flood || 500, () => {
      number += 1;
      if (number % 2) post({ type: 'currentColor', color: `#${(number % 4096).toString(16).padStart(3, '0')}` });
      else post({ type: `flood.${number % 7}`, number, padding: 'x'.repeat(100) });
    });
  },

  hostile(page) {
    for (const message of hostileMessages()) {
      try { page.post(message); } catch (error) { page.report({ kind: 'life', text: `not cloned: ${error.name}` }, 250); }
    }
    for (const [what, act] of Object.entries(hostileActs)) {
      let result = 'done';
      try { result = String(act() ?? 'done').slice(0, 60); } catch (error) { result = error.name; }
      page.report({ kind: 'life', text: `tried ${what}: ${result}` }, 250);
    }
  },
};

function hostileMessages() {
  const status = (sessionStatus, more) => ({ type: 'sessionStatusUpdate', sessionStatus, ...more });
  const color = (word) => ({ type: 'currentColor', color: word });
  const circle = { type: 'customMessage' };
  circle.message = circle;
  let deep = {};
  for (let depth = 0; depth < 1000; depth += 1) deep = { deep };
  const sparse = [];
  sparse.length = 4294967295;
  const huge = 'A'.repeat(1 << 20);
  return [
    status('\u001b[2J\u001b[31mowned'), status('viewerReady\r\nterminated'), status('\u0000viewerReady'), status('VIEWERREADY'),
    color('\u001b]52;c;b3duZWQ=\u0007'), color('\u202e\u2066der\u2069'), color('[bold red on white]x[/]'), color('\u009b31m'),
    color('red\ud800'), color('e\u0301'.repeat(500)), color('url(javascript:alert(1))'),
    { type: '\u001b[?1049h\u001b[5mblink', text: '[@click=app.quit]quit[/]' }, { type: '\u202eevil' }, { type: '' }, {},
    null, undefined, 0, NaN, -0, 'terminated', true, [], ['sessionStatusUpdate'], 10n, new Date(NaN), /x/g,
    status(undefined), status(null), status(42), status({}), status(['active']), status({ toString: 'terminated' }), status(true),
    { type: ['sessionStatusUpdate'], sessionStatus: 'terminated' }, { type: { length: 3 } }, { type: 7 }, color(0xff0000), color({}),
    new Map([['type', 'sessionStatusUpdate'], ['sessionStatus', 'terminated']]), new Set(['terminated']),
    new ArrayBuffer(1 << 20), new Uint8Array(1 << 20), new Blob(['x'.repeat(1000)]), new Error('\u001b[31mboom'),
    JSON.parse('{"__proto__": {"type": "sessionStatusUpdate", "sessionStatus": "terminated"}}'),
    JSON.parse('{"type": "customMessage", "message": {"__proto__": {"polluted": true}, "constructor": {"prototype": {}}, "toString": 1}}'),
    JSON.parse('{"type": "__proto__"}'), JSON.parse('{"type": "constructor", "hasOwnProperty": 1}'),
    status('viewerReady', { session: 's1', id: 1, page: 1, slot: 0, frame: 0, generation: 99, origin: 'https://upscope.io', source: null }),
    { session: 1, data: status('terminated'), messages: [[1, status('terminated')]] },
    { type: 'upscope.sessionState.update', state: 'terminated' }, { type: 'upscope.sessionState.update', state: null },
    { type: 'upscope.sessionState.update', state: { status: { status: 'terminated' }, color: ['red'], mode: '\u001b[31m' } },
    { type: 'sessionEnded ', reason: 'ended' }, { type: 'error', error: huge }, { type: 'customMessage', message: huge },
    { type: huge }, status(huge), color(huge), { [huge]: 1 },
    { type: 'customMessage', message: Array.from({ length: 100000 }, (_, at) => at) },
    circle, { type: 'customMessage', message: deep }, { type: 'customMessage', message: sparse },
    status('viewerReady', { padding: huge }),
  ];
}

const hostileActs = {
  'a nested frame that forges': () => {
    const forged = "{type: 'sessionStatusUpdate', sessionStatus: 'terminated'}";
    const frame = document.createElement('iframe');
    frame.srcdoc = `<script>top.postMessage(${forged}, '*'); parent.parent.postMessage(${forged}, '*')</` + 'script>';
    document.body.append(frame);
  },
  'orders to its neighbours': () => {
    for (let at = 0; at < top.length; at += 1) top.frames[at].postMessage({ action: 'endSession' }, '*');
    return top.length;
  },
  'reading the parent': () => parent.document.title,
  'top navigation': () => { top.location.href = `${location.origin}/ended`; },
  'parent navigation by link': () => {
    const link = document.createElement('a');
    Object.assign(link, { href: '/ended', target: '_top' });
    link.click();
  },
  'closing the parent': () => top.close(),
  'a popup': () => String(window.open('/ended', '_blank')),
  'a form out of the frame': () => {
    const form = document.createElement('form');
    Object.assign(form, { action: '/ended', target: '_blank' });
    document.body.append(form);
    form.submit();
  },
  'a download': () => {
    const link = document.createElement('a');
    Object.assign(link, { href: URL.createObjectURL(new Blob(['owned'])), download: 'owned.txt' });
    link.click();
  },
  'a service worker': () => { navigator.serviceWorker?.register('/hostile_worker.js').catch(() => undefined); },
  'full screen': () => { document.documentElement.requestFullscreen?.().catch(() => undefined); },
  'a name': () => { window.name = 'watchdeck'; },
  'history': () => { for (let at = 0; at < 50; at += 1) history.pushState(at, '', location.pathname); },
  'an alert': () => alert('owned'),
  'a question': () => confirm('end all?'),
  'printing': () => print(),
  'a page that will not go': () => addEventListener('beforeunload', (event) => event.preventDefault()),
};
