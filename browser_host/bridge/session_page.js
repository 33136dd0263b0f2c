// The script of a session page: receives the messages of its one iframe, identified by `event.source`, and posts
// instructions to it. Runs in the page's own document, whose origin no iframe has; a port to the hub is its only
// connection.
(function sessionPage(limits, style) {
  "use strict";
  if (window !== window.top) return;
  const quote = (text) => JSON.stringify(text.toWellFormed());
  const clock = () => performance.timeOrigin + performance.now(); // the same in all pages of a process
  let port = null;
  let pushes = limits.pushes; // that may be in flight to the hub; it grants more
  let pushedAt = 0;
  let after = 0; // the newest instruction posted
  let answers = 0;
  let dropped = 0;
  let refused = 0; // messages of other windows
  let nested = 0; // messages of frames within the iframe, which are not the page's own
  let floods = false;
  let sequence = 0;

  // ---- JSON text of anything structured clone can carry; bounded, never throws -------------------------------
  const FIRST = ["type", "sessionStatus", "reason", "color"]; // the keys that the host reads survive the limits
  const plain = (value) => {
    const prototype = Object.getPrototypeOf(value);
    return prototype === Object.prototype || prototype === null;
  };

  function write(root) {
    let room = limits.messageChars;
    let entries = limits.entries;
    const around = new Set(); // the values being written, to detect cycles: listing the keys of a large one is slow
    const text = (value) => {
      let out = quote(value.length > room ? value.slice(0, Math.max(room, 0)) + "…" : value);
      // Escaping makes a character up to six times longer: cut so that the limit holds for what is sent.
      if (out.length > room + 8) out = quote(value.slice(0, Math.max(Math.floor(room / 6), 0)) + "…");
      room -= out.length;
      return out;
    };
    const leaf = (value) => {
      switch (typeof value) {
        case "string": return text(value);
        case "boolean": room -= 5; return value ? "true" : "false";
        case "number": room -= 24; return Number.isFinite(value) ? String(value) : "null";
        // A long BigInt takes quadratic time to print.
        case "bigint": return BigInt.asIntN(64, value) === value ? text(value.toString()) : text("[BigInt]");
        default: room -= 4; return "null";
      }
    };
    const any = (value, depth) => {
      if (typeof value !== "object" || value === null) return leaf(value);
      const list = Array.isArray(value);
      if (!list && !plain(value)) {
        if (value instanceof Date && !Number.isNaN(value.getTime())) return text(value.toISOString());
        return text(`[${Object.prototype.toString.call(value).slice(8, -1)}]`);
      }
      if (depth >= limits.depth || around.has(value)) return text(list ? "[Array]" : "[Object]");
      around.add(value);
      const written = list ? items(value, depth) : keys(value, depth);
      around.delete(value);
      return written;
    };
    const items = (value, depth) => {
      const parts = [];
      for (let i = 0; i < value.length && entries > 0 && room > 0; i += 1) {
        entries -= 1;
        room -= 1;
        parts.push(any(value[i], depth + 1));
      }
      return `[${parts.join(",")}]`;
    };
    const keys = (value, depth) => {
      const parts = [];
      const key = (name) => {
        if (entries <= 0 || room <= 0) return;
        entries -= 1;
        room -= 2;
        parts.push(`${text(name)}:${any(value[name], depth + 1)}`);
      };
      const early = depth === 0 ? FIRST.filter((name) => Object.hasOwn(value, name)) : [];
      early.forEach(key);
      for (const name in value) {
        if (entries <= 0 || room <= 0) break;
        if (Object.hasOwn(value, name) && !early.includes(name)) key(name);
      }
      return `{${parts.join(",")}}`;
    };
    return any(root, 0);
  }

  // ---- messages of the iframe -------------------------------------------------------------------------------
  const LASTING = new Set(["sessionStatusUpdate", "upscope.sessionState.update", "sessionEnded"]);

  // Messages of one kind, as they arrived; only those that are sent become text.
  class Lane {
    constructor(count, chars, kept) {
      Object.assign(this, { count, chars, kept, items: [] });
    }
    // Adds one; returns how many were dropped. The `kept` oldest and the newest always stay.
    push(item) {
      this.items.push(item);
      if (this.items.length <= this.count) return 0;
      this.items.splice(this.kept, 1);
      return 1;
    }
    // Picks what fits into the lane's characters, the newest first; returns how many did not fit. All of it stays
    // here until it is sent: the browser may stop this script at any line, to break the loop of another.
    pick(into) {
      const items = this.items;
      let room = this.chars;
      let gone = 0;
      for (let i = items.length - 1; i >= 0; i -= 1) {
        const item = items[i];
        item.text = write(item.data);
        if (room < item.text.length && i >= this.kept && i !== items.length - 1) gone += 1;
        else into.push(item);
        room -= item.text.length;
      }
      return gone;
    }
  }
  const lasting = new Lane(limits.lasting, limits.lastingChars, 1);
  const colors = new Lane(limits.others, limits.otherChars, 0);
  const others = new Lane(limits.others, limits.otherChars, 0);
  const lanes = [lasting, colors, others];

  const lose = (count) => {
    dropped += count;
    floods ||= count > 0;
  };

  // Every message is inspected, because it may be a status. That at most doubles the cost of a flood for its
  // sender, which shares this thread; only the few messages that are sent become text, later.
  function arrived(event) {
    let data;
    try {
      data = event.data;
    } catch {
      data = null; // it can't be deserialised here; its arrival still counts
    }
    const type = typeof data === "object" && data !== null ? data.type : undefined;
    const origin = event.origin.slice(0, 300);
    const item = { at: clock(), after, order: (sequence += 1), origin, data, text: "" };
    if (LASTING.has(type)) {
      lose(lasting.push(item));
    } else if (type === "currentColor") {
      const last = colors.items.at(-1);
      // Each of the first few colours after an instruction may be its answer, whatever follows; beyond them,
      // those between the same two instructions are merged.
      item.answer = answers > 0;
      if (item.answer) answers -= 1;
      else if (last && !last.answer && last.after === item.after && last.origin === origin) {
        colors.items.pop();
        dropped += 1;
      }
      lose(colors.push(item));
    } else {
      lose(others.push(item));
    }
  }

  function push() {
    if (port === null) return;
    if (pushes === 0 || (floods && pushes < limits.pushes)) {
      // This script or the hub may have been interrupted before the hub's credit was taken.
      if (clock() - pushedAt > limits.askMs) {
        pushedAt = clock();
        port.postMessage(null);
      }
      return;
    }
    const picked = [];
    for (const lane of lanes) lose(lane.pick(picked));
    if (picked.length === 0 && dropped + refused + nested === 0) return;
    picked.sort((a, b) => a.order - b.order);
    const lines = picked.map((item) => [item.after, item.at, `${quote(item.origin)},${item.text}`]);
    pushedAt = clock();
    port.postMessage([[lines, dropped, refused, nested], floods]);
    pushes -= 1;
    for (const lane of lanes) lane.items.length = 0;
    dropped = 0;
    refused = 0;
    nested = 0;
    floods = false;
  }

  // Frames in a shadow tree are not in `frames` of their parent: no other script can find one.
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-forms");
  frame.setAttribute("allow", "");
  frame.referrerPolicy = "origin"; // shows this document's origin, so that the page can post to `document.referrer`
  frame.loading = "eager";
  frame.style.cssText = style;
  document.body.attachShadow({ mode: "closed" }).append(frame);
  const watched = frame.contentWindow;

  const commands = {
    // Never as `src`: Chromium reports a frame's attributes, and so the watch link, to every other frame of the
    // link's origin, as the cause of a "longtask".
    load: (address) => watched.location.replace(address),
    post: (instruction, message, origin, until) => {
      if (clock() > until) throw new DOMException("", "TimeoutError");
      watched.postMessage(message, origin);
      after = Math.max(after, instruction);
      answers = limits.answers;
    },
    drop: () => frame.remove(),
    next: (count) => {
      pushes = Math.min(pushes + count, limits.pushes);
      push();
    },
  };

  function carryOut([kind, id, ...rest]) {
    let done = true;
    try {
      commands[kind](...rest);
    } catch (error) {
      done = String(error && error.name).slice(0, 40);
    }
    if (id !== 0) port.postMessage([id, done]);
  }

  function isWithin(source) {
    for (let w = source, depth = 0; w && depth < 16 && w !== w.parent; w = w.parent, depth += 1) {
      if (w === watched) return true;
    }
    return false;
  }

  const hub = window.opener;
  addEventListener("message", (event) => {
    if (event.source === watched) {
      arrived(event);
    } else if (event.source === hub && port === null && event.ports.length === 1) {
      // Before any script of the watch page runs: it must not find a way to the hub.
      window.opener = null;
      port = event.ports[0];
      port.onmessage = (command) => carryOut(command.data);
    } else if (isWithin(event.source)) {
      nested += 1;
    } else if (event.source !== null) {
      refused += 1; // no source: its document is gone
    }
    push();
  }, true);
  hub.postMessage(null, "*");
})
