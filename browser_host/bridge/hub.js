// The hub of a group. Runs once, in the group page, which contains no watch page: opens the session pages, collects
// what they push, sends it to the host in batches, forwards commands and answers them.
(function hub(limits, heard) {
  "use strict";
  // Whether the binding took it. While a window opens, no other world gets an event, and a DevTools call may run
  // just then.
  const send = (detail) => !document.dispatchEvent(new CustomEvent(heard, { detail, cancelable: true }));
  const clock = () => performance.timeOrigin + performance.now();
  const pages = new Map(); // by number
  const byOrigin = new Map(); // those that have not claimed their window
  const popups = new Set(); // windows that no page has claimed
  const waiting = new Set(); // pages with something to send, oldest first
  const open = new Map(); // unanswered commands, by id
  let commands = 0;
  let credit = limits.credit;
  let windowMs = limits.windowMs;
  let due = 0; // when a window ends, and others whole windows before and after it
  let lastFlush = -Infinity;
  let timer = null;

  class Page {
    constructor(number) {
      const { port1, port2 } = new MessageChannel();
      // What it pushed and was not sent yet, and for how many pushes it is owed credit.
      Object.assign(this, { number, port: port1, other: port2, pushes: [], owed: 0, floods: false });
      port1.onmessage = (event) => this.heard(event.data);
    }
    heard(data) {
      if (data === null) {
        if (this.pushes.length === 0) this.next(limits.pushes); // its credit was lost
      } else if (typeof data[0] === "number") {
        answer(...data);
      } else {
        this.pushes.push(data[0]);
        this.floods ||= data[1];
        waiting.add(this);
        speak(this.pushes.length + this.owed >= limits.pushes);
      }
    }
    // Its pushes were sent. A page that floods waits longer for its turn; the others don't.
    sent() {
      this.owed += this.pushes.length;
      this.pushes = [];
      if (this.floods) setTimeout(() => this.next(limits.pushes), limits.floodMs);
      else if (2 * this.owed >= limits.pushes) this.next(this.owed);
      this.floods = false;
    }
    next(count) {
      this.owed = 0;
      this.port.postMessage(["next", 0, count]);
    }
  }

  // ---- out: the first message of a quiet group at once, those within the window after it together -------------
  function setWindow(ms, untilDueMs) {
    windowMs = Math.max(ms, limits.windowMs);
    due = performance.now() + untilDueMs;
    clearTimeout(timer);
    timer = null;
    if (waiting.size > 0) speak(false);
  }

  function flush() {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(flush, limits.windowMs); // in case this call is interrupted or its event is lost
    lastFlush = performance.now();
    while (credit > 0 && waiting.size > 0) {
      const now = clock();
      const picked = [];
      const messages = [];
      const counts = [];
      let size = 0;
      for (const page of waiting) {
        if (size > limits.batchChars) break;
        for (const [lines, ...count] of page.pushes) {
          for (const [after, at, rest] of lines) {
            messages.push(`[${page.number},${after},${Math.max(now - at, 0).toFixed(1)},${rest}]`);
            size += rest.length;
          }
          if (count.some(Boolean)) counts.push([page.number, ...count]); // dropped, refused, nested
        }
        picked.push(page);
      }
      if (!send(`{"at":${now},"messages":[${messages.join(",")}],"counts":${JSON.stringify(counts)}}`)) return;
      credit -= 1;
      for (const page of picked) {
        waiting.delete(page);
        page.sent();
      }
    }
    if (credit > 0 && waiting.size > 0) return;
    clearTimeout(timer);
    timer = null;
  }

  // `soon`: a page may say no more until it is read. It waits for the least window alone, and loses nothing more.
  function speak(soon) {
    const now = performance.now();
    const least = lastFlush + limits.windowMs - now;
    if (lastFlush + windowMs <= now || (soon && least <= 0)) {
      flush(); // also when a flood delays the timer
    } else if (soon || timer === null) {
      clearTimeout(timer);
      const untilDue = (((due - now) % windowMs) + windowMs) % windowMs;
      timer = setTimeout(flush, soon || windowMs === limits.windowMs ? least : Math.max(untilDue, least));
    }
  }

  addEventListener("message", (event) => {
    const page = byOrigin.get(event.origin);
    if (page !== undefined && popups.delete(event.source)) {
      byOrigin.delete(event.origin);
      event.source.postMessage(null, event.origin, [page.other]);
      page.other = null;
    }
  }, true);

  // ---- in ---------------------------------------------------------------------------------------------------
  function answer(id, outcome) {
    const command = open.get(id);
    if (command === undefined) return;
    open.delete(id);
    clearTimeout(command.timer);
    command.resolve(outcome);
  }

  // Answered when the page acknowledges it; a silent page makes no other page's command uncertain.
  function acknowledged(page, kind, rest) {
    return new Promise((resolve) => {
      const id = (commands += 1);
      open.set(id, { resolve, timer: setTimeout(() => answer(id, null), limits.commandMs) });
      page.port.postMessage([kind, id, ...rest]);
    });
  }

  const carry = {
    post: acknowledged,
    load: acknowledged,
    drop: (page) => {
      page.port.postMessage(["drop", 0]);
      page.port.close();
      pages.delete(page.number);
      waiting.delete(page);
      return true;
    },
  };

  return {
    // Opens windows for session pages; each page claims its window with a message from its own origin.
    open(sites) {
      for (const [number, origin] of sites) {
        const page = new Page(number);
        pages.set(number, page);
        byOrigin.set(origin, page);
        popups.add(window.open("about:blank", "_blank", "popup,width=64,height=40"));
      }
      return sites.length;
    },
    // Carries out many commands in one call; answers each with true, false (no such page), null (no answer in
    // time) or the name of the error.
    take(list) {
      return Promise.all(list.map(([kind, number, ...rest]) => {
        if (kind === "window") {
          setWindow(number, ...rest);
          return true;
        }
        if (kind === "credit") {
          credit = Math.min(credit + number, limits.credit);
          due = performance.now() + rest[0];
          if (waiting.size > 0) speak(false);
          return true;
        }
        const page = pages.get(number);
        if (page === undefined) return false;
        return carry[kind](page, kind, rest);
      }));
    },
  };
})
