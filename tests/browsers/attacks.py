"""Every way out of a frame that we know of: a script each, and what it may hear where it leads nowhere."""

from browser_host.bridge.host_document import GROUP_ORIGIN

TRIES = """
const me = location.pathname.slice(1);
const say = (came) => parent.postMessage({me, came: String(came)}, "*");
const attempt = (act) => { try { return say(act()); } catch (error) { return say(error.name); } };
const later = (act) => {
  try { Promise.resolve(act()).then(say, (error) => say(error.name)); } catch (error) { say(error.name); }
};
const nested = (script) => {
  addEventListener("message", (event) => say(event.data), {once: true});
  const frame = document.createElement("iframe");
  frame.srcdoc = `<script>let came; try { came = ${script}; } catch (error) { came = error.name; }
    parent.postMessage(String(came), "*");</` + "script>";
  document.body.append(frame);
};
const clicked = (tag, more) => {
  const made = Object.assign(document.createElement(tag), more);
  document.body.append(made);
  return made.tagName === "FORM" ? made.submit() : made.click();
};
"""

DENIED = {"SecurityError", "NotAllowedError", "denied", "TypeError", "NotFoundError", "NotSupportedError"}
ABSENT = {"ReferenceError", *DENIED}
SILENT = {"undefined"}
NONE = {"null"}

ATTACKS: dict[str, tuple[str, set[str]]] = {
    # windows
    "popup": ("attempt(() => open('/evil'))", NONE),
    "popup-noopener": ("attempt(() => open('/evil', '_blank', 'noopener,popup'))", NONE),
    "popup-blank": ("attempt(() => open('about:blank'))", NONE),
    "popup-nested": ("nested(`open('/evil')`)", NONE),
    "popup-that-speaks": (
        "attempt(() => open('about:blank').eval('opener.top.postMessage(\"from a popup\", \"*\")'))",
        {"TypeError"},
    ),
    "popup-link": ("attempt(() => clicked('a', {href: '/evil', target: '_blank', rel: 'opener'}))", SILENT),
    "popup-form": ("attempt(() => clicked('form', {action: '/evil', target: '_blank'}))", SILENT),
    # the page above
    "top-href": ("attempt(() => { top.location.href = '/evil'; })", DENIED),
    "top-replace": ("attempt(() => top.location.replace('/evil'))", DENIED),
    "top-hash": ("attempt(() => { top.location = top.location + '#x'; })", DENIED),
    "top-nested": ("nested(`top.location = '/evil'`)", DENIED),
    "top-script": ("attempt(() => { top.location = 'javascript:alert(1)'; })", DENIED),
    "top-link": ("attempt(() => clicked('a', {href: '/evil', target: '_top'}))", SILENT),
    "top-form": ("attempt(() => clicked('form', {action: '/evil', target: '_top'}))", SILENT),
    "top-base": (
        "attempt(() => { clicked('base', {target: '_top'}); clicked('a', {href: '/evil'}); })",
        SILENT,
    ),
    "top-close": ("attempt(() => top.close())", SILENT),
    "top-stop": ("attempt(() => top.stop())", DENIED),
    "top-history": ("attempt(() => top.history.length)", DENIED),
    "top-document": ("attempt(() => top.document)", DENIED),
    "top-element": ("attempt(() => frameElement)", NONE),
    "top-opener": ("attempt(() => top.opener)", NONE),
    "top-frames": ("attempt(() => [top.length, top.frames.length])", {"0,0"}),
    "top-first": ("attempt(() => parent[0])", DENIED),
    "top-name": ("attempt(() => top.name)", DENIED),
    "top-eval": ("attempt(() => top.eval('1'))", DENIED),
    "top-own-function": ("attempt(() => top.postMessage.constructor === Function)", {"true"}),
    "top-prototype": ("attempt(() => Object.getPrototypeOf(top))", NONE),
    "top-set-prototype": ("attempt(() => Object.setPrototypeOf(top, {postMessage: 1}))", DENIED),
    "top-property": ("attempt(() => { top.postMessage = () => 0; })", DENIED),
    "top-binding": ("attempt(() => top.watchdeckOut)", DENIED),
    "top-event": ("attempt(() => top.dispatchEvent(new CustomEvent('watchdeck', {detail: '{}'})))", DENIED),
    "own-event": (
        "attempt(() => document.dispatchEvent(new CustomEvent('watchdeck', {detail: '{}'})))",
        {"true"},
    ),
    "own-binding": ("attempt(() => watchdeckOut('{}'))", {"ReferenceError"}),
    "as-the-host": (
        f"""const f = Object.assign(document.createElement("iframe"), {{src: "{GROUP_ORIGIN}/"}});
        f.onload = () => attempt(() => f.contentWindow.location.href);
        document.body.append(f);""",
        DENIED,
    ),
    "as-a-sibling": (
        """const f = Object.assign(document.createElement("iframe"), {src: "https://s1.invalid/"});
        f.onload = () => attempt(() => f.contentWindow.location.href);
        document.body.append(f);""",
        DENIED,
    ),
    "own-handshake": ("attempt(() => parent.postMessage(null, '*', [new MessageChannel().port1]))", SILENT),
    "its-domain": ("attempt(() => { document.domain = 'watchdeck.invalid'; })", DENIED),
    # what stops a page, or asks its user
    "alert-loop": ("attempt(() => { for (let i = 0; i < 2000; i += 1) alert(i); })", SILENT),
    "confirm-loop": (
        "attempt(() => { let i = 0; while (i < 2000 && !confirm(i)) i += 1; return i; })",
        {"2000"},
    ),
    "prompt": ("attempt(() => prompt('x'))", NONE),
    "print": ("attempt(() => print())", SILENT),
    "unload": (
        """addEventListener("beforeunload", (e) => { e.preventDefault(); e.returnValue = "stay"; });
        attempt(() => { onpagehide = () => alert(1); })""",
        SILENT,
    ),
    "file-input": ("attempt(() => clicked('input', {type: 'file', oncancel: () => say('asked')}))", SILENT),
    "file-picker": ("later(() => showOpenFilePicker())", ABSENT),
    "file-save": ("later(() => showSaveFilePicker())", ABSENT),
    "file-show": (
        "attempt(() => { const i = document.createElement('input'); i.type = 'file'; i.showPicker(); })",
        DENIED,
    ),
    "download": (
        "attempt(() => clicked('a', {href: URL.createObjectURL(new Blob(['x'])), download: 'canary.txt'}))",
        SILENT,
    ),
    "download-nested": (
        "nested(`Object.assign(document.createElement('a'), {href: 'data:,x', download: 'x.txt'}).click()`)",
        SILENT,
    ),
    # permissions
    "full-screen": ("later(() => document.body.requestFullscreen())", DENIED),
    "pointer-lock": ("later(() => document.body.requestPointerLock())", {"WrongDocumentError", *DENIED}),
    "keyboard-lock": (
        "later(() => navigator.keyboard.lock())",
        {"InvalidStateError", "InvalidAccessError", *DENIED},
    ),
    "wake-lock": ("later(() => navigator.wakeLock.request())", DENIED),
    "picture": (
        "later(() => document.createElement('video').requestPictureInPicture())",
        {"InvalidStateError", *DENIED},
    ),
    "notification": ("later(() => Notification.requestPermission())", ABSENT),
    "notification-made": (
        "attempt(() => { new Notification('x'); return Notification.permission; })",
        ABSENT,
    ),
    "clipboard-write": ("later(() => navigator.clipboard.writeText('pwned'))", DENIED),
    "clipboard-read": ("later(() => navigator.clipboard.readText())", DENIED),
    "clipboard-old": ("attempt(() => document.execCommand('copy'))", {"false"}),
    "place": (
        (
            "later(() => new Promise((ok, no) => navigator.geolocation.getCurrentPosition("
            "() => ok('found'), (e) => ok(e.code === 1 ? 'denied' : e.code))))"
        ),
        DENIED,
    ),
    "camera": ("later(() => navigator.mediaDevices.getUserMedia({video: true, audio: true}))", DENIED),
    "screen": ("later(() => navigator.mediaDevices.getDisplayMedia())", {"InvalidStateError", *DENIED}),
    "speech-heard": (
        """later(() => new Promise((ok) => {
          const heard = new webkitSpeechRecognition();
          heard.onerror = (e) => ok(e.error === "not-allowed" ? "denied" : e.error);
          heard.onresult = () => ok("heard");
          setTimeout(() => ok("nothing heard"), 1500);
          heard.start();
        }))""",
        {"network", "service-not-allowed", "audio-capture", "nothing heard", *ABSENT},
    ),
    "speech-said": ("attempt(() => speechSynthesis.speak(new SpeechSynthesisUtterance('x')))", SILENT),
    "payment": (
        (
            "later(() => new PaymentRequest([{supportedMethods: 'https://x.example'}],"
            " {total: {label: 'x', amount: {currency: 'EUR', value: '1'}}}).show())"
        ),
        ABSENT,
    ),
    "usb": ("later(() => navigator.usb.requestDevice({filters: []}))", DENIED),
    "serial": ("later(() => navigator.serial.requestPort())", DENIED),
    "hid": ("later(() => navigator.hid.requestDevice({filters: []}))", DENIED),
    "bluetooth": ("later(() => navigator.bluetooth.requestDevice({acceptAllDevices: true}))", DENIED),
    "midi": ("later(() => navigator.requestMIDIAccess({sysex: true}))", DENIED),
    "sensor": ("attempt(() => new Accelerometer())", ABSENT),
    # It asks its user, of whom there is none.
    "protocol": ("attempt(() => navigator.registerProtocolHandler('web+x', '/x?%s'))", SILENT),
    "share": ("later(() => navigator.share({text: 'x'}))", DENIED),
    "window-places": ("later(() => getScreenDetails())", ABSENT),
    "idle": ("later(() => IdleDetector.requestPermission())", ABSENT),
    "fonts": ("later(() => queryLocalFonts())", ABSENT),
    "key": ("later(() => navigator.credentials.get({password: true}))", {"null", *DENIED}),
}
