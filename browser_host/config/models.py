"""Every key of the configuration, with its default and its bounds; attributes are named as the keys are."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from browser_host.config import paths, secret_files
from browser_host.config.choices import Auth, EndpointKind, LogLevel, OnExit, Render, Sandbox
from browser_host.config.types import (
    ActionId,
    AutoRate,
    AutoWord,
    BrowserAddress,
    DottedPath,
    FilePath,
    Keep,
    KeyFile,
    Keys,
    Label,
    Limit,
    Link,
    LinkFile,
    PositiveSeconds,
    Seconds,
    ServiceAddress,
    ShortText,
    SocketPath,
    VariableName,
    VisitorId,
    Word,
)
from browser_host.secrets import ApiKey, WatchLink
from browser_host.sessions.staleness import Rule

PAGES_LIMIT = 60
"""Pages of one browser; Chromium starts to share renderers above some eighty of them."""


class Section(BaseModel):
    """A table: frozen, and an unknown key in it is a mistake."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,
        defer_build=True,
    )


class Discover(Section):
    """`[upscope.discover]`: opening the sessions of visitors that the service names."""

    enabled: bool = False
    search: Word = "online"
    in_session_only: bool = True
    interval: PositiveSeconds = 15.0
    grace: Seconds = 60.0
    max_sessions: Annotated[int, Field(ge=1, le=1000)] = 50


class Permissions(Section):
    """`[upscope.permissions]`: what a watcher may do in the visitor's page, by the service's own names.

    The instructions draw and point, so drawing is on; whatever else a watcher has no need of is off.
    """

    allow_draw: bool = True
    allow_click: bool = False
    allow_scroll: bool = False
    allow_type: bool = False
    allow_audio: bool = False
    allow_agent_redirect: bool = False
    allow_console: bool = False


class Upscope(Section):
    """`[upscope]`: the REST service."""

    base_url: ServiceAddress = "https://api.upscope.io/v1.3"
    auth: Annotated[Auth, Field(strict=False)] = Auth.X_API_KEY
    api_key_env: VariableName = "UPSCOPE_API_KEY"
    api_key_file: KeyFile | None = None
    agent_id: Word | None = None
    agent_name: Word | None = None
    ca_file: FilePath | None = None
    discover: Discover = Discover()
    permissions: Permissions = Permissions()

    def api_key(self, environ: Mapping[str, str]) -> ApiKey | None:
        """The key, from the environment, else from its file, or None.

        Raises:
            ValueError: the variable holds something that is no key; says nothing of it.
        """
        text = environ.get(self.api_key_env, "")
        if text:
            return secret_files.api_key(text)
        return self.api_key_file.secret if self.api_key_file else None


class SessionEntry(Section):
    """`[[sessions]]`: one session; exactly one of the last three is given (`checks`)."""

    label: Label
    watch_url: Link | None = None
    watch_url_file: LinkFile | None = None
    visitor: VisitorId | None = None

    @property
    def link(self) -> WatchLink | None:
        """The watch link, or None where the REST service must be asked for one for the visitor."""
        return self.watch_url_file.secret if self.watch_url_file else self.watch_url


class ProtocolPaths(Section):
    """`[protocol]`: where generation 2's state says what; unset, plain names only are read."""

    state_status: DottedPath | None = None
    state_color: DottedPath | None = None
    state_mode: DottedPath | None = None


class Endpoint(Section):
    """`[[browser.endpoints]]`: one browser to spread the pages over."""

    kind: Annotated[EndpointKind, Field(strict=False)]
    url: BrowserAddress | None = None
    max_pages: Annotated[int, Field(ge=1, le=PAGES_LIMIT)] = 40


class Recycle(Section):
    """`[browser.recycle]`: when pages and browsers are replaced by new ones."""

    after: Limit = 86_400.0
    page_heap_mb: Annotated[int, Field(ge=16, le=4096)] = 512
    driver_mb: Annotated[int, Field(ge=128, le=65_536)] = 1024


class Browser(Section):
    """`[browser]`: what hosts the watch pages, and how."""

    executable: FilePath | None = None
    sessions_per_page: Annotated[int, Field(ge=1, le=100)] = 10
    render: Annotated[Render, Field(strict=False)] = Render.HIDDEN
    allow_private_network: bool = False
    sandbox: Annotated[Sandbox, Field(strict=False)] = Sandbox.AUTO
    recycle: Recycle = Recycle()
    endpoints: Annotated[tuple[Endpoint, ...], Field(strict=False)] = ()


class Limits(Section):
    """Seconds until a session counts as stale, None where the rule is off."""

    waiting: Limit = 120.0
    pending: Limit = 300.0
    mute: Limit = 60.0
    silent: Limit = None
    age: Limit = None
    lost: Limit = 300.0


class LabelLimits(Limits):
    """`[[stale.labels]]`: other limits for sessions by label; what is not given is as in `[stale]`."""

    match: Label


class Stale(Limits):
    """`[stale]`: when sessions count as stale."""

    labels: Annotated[tuple[LabelLimits, ...], Field(strict=False)] = ()


class End(Section):
    """`[end]`: how sessions are ended."""

    confirm_within: PositiveSeconds = 5.0
    rest_fallback: bool = False
    per_second: Annotated[float, Field(gt=0, le=1000)] = 50.0
    undo: Seconds = 3.0
    automatic: Annotated[tuple[Annotated[Rule, Field(strict=False)], ...], Field(strict=False)] = ()
    automatic_per_hour: Annotated[int, Field(ge=1, le=10_000)] = 20


class Host(Section):
    """`[host]`: the process that owns the browser; with `keep_ended` None ended sessions stay listed."""

    socket: SocketPath = Field(default_factory=paths.socket, validate_default=True)
    read_only: bool = False
    raw_instructions: bool = False
    on_exit: Annotated[OnExit, Field(strict=False)] = OnExit.LEAVE
    keep_ended: Keep = 3600.0
    allow_uids: Annotated[tuple[Annotated[int, Field(ge=0, lt=2**32 - 1)], ...], Field(strict=False)] = ()


class Journal(Section):
    """`[journal]`: who did what; with `keep` None nothing is ever dropped."""

    path: FilePath = Field(default_factory=paths.journal_file)
    keep: Keep = 90 * 86400.0


class Log(Section):
    """`[log]`: the host's log."""

    level: Annotated[LogLevel, Field(strict=False)] = LogLevel.INFO
    path: FilePath = Field(default_factory=paths.log_file)


class Tui(Section):
    """`[tui]`: the dashboard; a theme or rate of None is chosen by the terminal and the line.

    Its keymap goes from an action's id to the key or keys (with commas) that do it.
    """

    environment: ShortText = ""
    theme: AutoWord = None
    refresh_hz: AutoRate = None
    keymap: dict[ActionId, Keys] = Field(default_factory=dict)


class Settings(Section):
    """The whole configuration."""

    upscope: Upscope = Field(default_factory=Upscope)
    sessions: Annotated[tuple[SessionEntry, ...], Field(strict=False)] = ()
    protocol: ProtocolPaths = Field(default_factory=ProtocolPaths)
    browser: Browser = Field(default_factory=Browser)
    stale: Stale = Field(default_factory=Stale)
    end: End = Field(default_factory=End)
    host: Host = Field(default_factory=Host)
    journal: Journal = Field(default_factory=Journal)
    log: Log = Field(default_factory=Log)
    tui: Tui = Field(default_factory=Tui)
