// The page's side of the bridge. Runs once, in the host page, which has no other script and whose origin no
// iframe has: takes messages in by `event.source`, sends them out in batches, posts instructions.
(function bridge(limits, style, said) {
  "use strict";
  if (window !== window.top) return null;
  const send = (detail) => document.dispatchEvent(new CustomEvent(said, { detail }));
  const slots = new Map();
  const byWindow = new Map();
  const waiting = new Set(); // slots with something to say, oldest first
  const quote = (text) => JSON.stringify(text.toWellFormed());
  let credit = limits.credit;
  let lastFlush = -Infinity;
  let timer = null;
  let sequence = 0;
  let strangers = 0; // messages of windows that are in no slot
  // Frames in a shadow tree are no `frames[i]` of their parent: a page finds no other to read or to instruct.
  let room = null;

  // ---- JSON text of anything structured clone can carry; bounded, never throws -------------------------------
  const FIRST = ["type", "sessionStatus", "reason", "color"]; // what is read of a message survives the bounds
  const plain = (value) => {
    const prototype = Object.getPrototypeOf(value);
    return prototype === Object.prototype || prototype === null;
  };

  function write(root) {
    let room = limits.messageChars;
    let entries = limits.entries;
    const around = new Set(); // what is being written now: to list the keys of a large one takes long each time
    const text = (value) => {
      let out = quote(value.length > room ? value.slice(0, Math.max(room, 0)) + "…" : value);
      // Escapes grow a character up to six times: cut so that the bound holds for what is sent.
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

  // ---- what a slot has to say -------------------------------------------------------------------------------
  const LASTING = new Set(["sessionStatusUpdate", "upscope.sessionState.update", "sessionEnded"]);

  // Messages of one kind, as they came; text is made of those alone that are sent.
  class Lane {
    constructor(count, chars, kept) {
      Object.assign(this, { count, chars, kept, items: [] });
    }
    // Adds one; returns how many had to go. `kept` of the oldest always stay, the newest always does.
    push(item) {
      this.items.push(item);
      if (this.items.length <= this.count) return 0;
      this.items.splice(this.kept, 1);
      return 1;
    }
    // Gives what fits into the lane's characters, the newest first; returns how many did not. All stays here
    // until it is sent: the browser may stop this script at any line, to break another's loop.
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

  class Slot {
    constructor(number, frame) {
      Object.assign(this, {
        number, frame, after: 0, answers: 0, origins: [], dropped: 0, refused: 0, floods: false, heldUntil: 0,
        lasting: new Lane(limits.lasting, limits.lastingChars, 1),
        colors: new Lane(limits.others, limits.otherChars, 0),
        others: new Lane(limits.others, limits.otherChars, 0),
      });
    }
    lose(count) {
      this.dropped += count;
      this.floods ||= count > 0;
    }
    // Every message is looked at, for it may be a status. That at most doubles what a flood costs its sender,
    // who shares this thread and wrote what is read here; text is made later, of the few that are sent.
    arrived(event, at) {
      let data;
      try {
        data = event.data;
      } catch {
        data = null; // it could not be deserialised here; that it came still counts
      }
      const type = typeof data === "object" && data !== null ? data.type : undefined;
      // Checked here against what the host told; where they differ the host decides, for it knows newer commits.
      const origin = this.origins.includes(event.origin) ? "" : event.origin.slice(0, 300);
      const item = { at, after: this.after, order: (sequence += 1), origin, data, text: "" };
      if (LASTING.has(type)) {
        this.lose(this.lasting.push(item));
      } else if (type === "currentColor") {
        const last = this.colors.items.at(-1);
        // The first few colours after an instruction may each be its answer, whatever the page says next;
        // beyond them, those between the same two instructions are one.
        item.answer = this.answers > 0;
        if (item.answer) this.answers -= 1;
        else if (last && !last.answer && last.after === item.after && last.origin === origin) {
          this.colors.items.pop();
          this.dropped += 1;
        }
        this.lose(this.colors.push(item));
      } else {
        this.lose(this.others.push(item));
      }
    }
    pick(now) {
      const items = [];
      const gone = this.lasting.pick(items) + this.colors.pick(items) + this.others.pick(items);
      items.sort((a, b) => a.order - b.order);
      const dropped = this.dropped + gone;
      const counts = dropped || this.refused ? [[this.number, dropped, this.refused]] : [];
      const lines = items.map((item) =>
        `[${this.number},${item.after},${Math.max(now - item.at, 0).toFixed(1)},${quote(item.origin)},${item.text}]`);
      return { slot: this, lines, counts, floods: this.floods || gone > 0 };
    }
    // What was picked is sent.
    clear(floods, now) {
      for (const lane of [this.lasting, this.colors, this.others]) lane.items.length = 0;
      // Who floods waits longer for its turn; the others don't.
      this.heldUntil = floods ? now + limits.floodMs : 0;
      this.floods = false;
      this.dropped = 0;
      this.refused = 0;
    }
  }

  // ---- out: the first of a quiet page at once, what follows within the window together -----------------------
  function flush() {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(flush, limits.windowMs); // for the held ones, and where this one is stopped half-way
    const now = performance.now();
    lastFlush = now;
    while (credit > 0 && (waiting.size > 0 || strangers > 0)) {
      const picked = [];
      const lines = [];
      const counts = [];
      let size = 0;
      for (const slot of waiting) {
        if (slot.heldUntil > now) continue;
        if (size > limits.batchChars) break;
        const found = slot.pick(now);
        picked.push(found);
        for (const line of found.lines) {
          lines.push(line);
          size += line.length;
        }
        counts.push(...found.counts);
      }
      const something = lines.length > 0 || counts.length > 0 || strangers > 0;
      if (something) {
        send(`{"messages":[${lines.join(",")}],"counts":${JSON.stringify(counts)},"strangers":${strangers}}`);
        credit -= 1;
        strangers = 0;
      }
      for (const { slot, floods } of picked) {
        waiting.delete(slot);
        slot.clear(floods, now);
      }
      if (!something) break;
    }
    if (credit > 0 && waiting.size > 0) return;
    clearTimeout(timer);
    timer = null;
  }

  function speak(now) {
    const wait = lastFlush + limits.windowMs - now;
    if (wait <= 0) flush(); // also where a flood keeps the timer from its turn
    else if (timer === null) timer = setTimeout(flush, wait);
  }

  function slotAround(window_) {
    for (let w = window_, depth = 0; w && depth < 16 && w !== w.parent; w = w.parent, depth += 1) {
      if (byWindow.has(w)) return byWindow.get(w);
    }
    return null;
  }

  addEventListener("message", (event) => {
    const now = performance.now();
    const source = event.source;
    const slot = byWindow.get(source);
    if (slot !== undefined) {
      slot.arrived(event, now);
      waiting.add(slot);
    } else {
      // A frame nested in a slot's is not the slot's own; it may be why the page is odd, so the slot counts it.
      const around = source ? slotAround(source) : null;
      if (around === null) strangers += 1;
      else {
        around.refused += 1;
        waiting.add(around);
      }
    }
    speak(now);
  }, true);

  // ---- in ---------------------------------------------------------------------------------------------------
  const orders = {
    // Gives a prepared slot its address. Never as `src`: Chromium tells a frame's attributes, and so the watch
    // link, to every other frame of the link's origin, as the cause of a "longtask".
    load: (number, address) => {
      const slot = slots.get(number);
      if (!slot) return false;
      slot.frame.contentWindow.location.replace(address);
      return true;
    },
    learn: (number, origins) => {
      const slot = slots.get(number);
      if (slot) slot.origins = origins;
      return Boolean(slot);
    },
    post: (number, instruction, message, origin) => {
      const slot = slots.get(number);
      if (!slot) return false;
      slot.frame.contentWindow.postMessage(message, origin);
      slot.after = Math.max(slot.after, instruction);
      slot.answers = limits.answers;
      return true;
    },
    drop: (number) => {
      const slot = slots.get(number);
      if (!slot) return false;
      slots.delete(number);
      waiting.delete(slot);
      byWindow.delete(slot.frame.contentWindow);
      slot.frame.remove();
      return true;
    },
    credit: (count) => {
      credit = Math.min(credit + count, limits.credit);
      if (waiting.size > 0) speak(performance.now());
      return true;
    },
  };

  return {
    // Makes empty iframes, in this order, before any stranger is in them: the host learns their frame ids.
    prepare(numbers) {
      for (const number of numbers) {
        const frame = document.createElement("iframe");
        frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-forms");
        frame.setAttribute("allow", "");
        frame.referrerPolicy = "no-referrer";
        frame.loading = "eager";
        frame.style.cssText = style;
        room ??= document.body.attachShadow({ mode: "closed" });
        room.append(frame);
        const slot = new Slot(number, frame);
        slots.set(number, slot);
        byWindow.set(frame.contentWindow, slot);
      }
      return numbers.length;
    },
    // Carries out many orders in one call; answers each: true, false (no such slot) or the error's name.
    take(list) {
      return list.map(([kind, ...rest]) => {
        try {
          return orders[kind](...rest);
        } catch (error) {
          return String(error && error.name).slice(0, 40);
        }
      });
    },
  };
})
