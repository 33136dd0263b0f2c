import re
from pathlib import Path

from browser_host.config import Settings, load
from browser_host.config.known_keys import known_keys

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "config.example.toml"


def test_it_loads_and_its_values_are_the_defaults() -> None:
    assert load(EXAMPLE).settings.model_dump(mode="json") == Settings().model_dump(mode="json")


def test_it_shows_every_key() -> None:
    shown, table = set(), ""
    for line in EXAMPLE.read_text().splitlines():
        text = line.removeprefix("#: ")
        if header := re.match(r"\[\[?([a-z_.]+)\]", text):
            table = header[1]
        elif key := re.match(r"([a-z_]+) = ", text):
            shown.add(f"{table}.{key[1]}")
    assert set(known_keys()) - {"tui.keymap"} <= shown
    assert shown - set(known_keys()) == {"tui.keymap.end"}


def test_what_is_commented_out_is_right_too(tmp_path: Path) -> None:
    text = re.sub(r"^#: ", "", EXAMPLE.read_text(), flags=re.MULTILINE)
    for name in ("key", "links/desk-4", "alerts/webhook", "alerts/secret", "box-1"):
        secret = tmp_path / name
        secret.parent.mkdir(exist_ok=True)
        secret.write_text("https://h/x" if name != "alerts/secret" else "whsec_" + "a2V5" * 8)
        secret.chmod(0o600)
    # Of the ways to name a session, a browser or a webhook exactly one may be given.
    text = re.sub(r"^(watch_url|visitor|url|socket|webhook_url) = .*$", "", text, flags=re.MULTILINE)
    text = text.replace("~/.config/watchdeck/", "")
    path = tmp_path / "config.toml"
    path.write_text(text)
    settings = load(path).settings
    assert [session.label for session in settings.sessions] == ["Desk 4"]
    assert settings.tui.keymap == {"end": "ctrl+e"}
    assert settings.upscope.api_key({}) is not None


def test_the_package_carries_the_same_file() -> None:
    packaged = ROOT / "browser_host" / "config" / "example.toml"
    assert packaged.read_text() == EXAMPLE.read_text()
