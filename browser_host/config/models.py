"""Every key of the configuration with its default and bounds; attributes have the names of the keys."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from browser_host.config import paths, secret_files
from browser_host.config.choices import (
    Auth,
    Channel,
    GlyphChoice,
    LogLevel,
    OnExit,
    RenderChoice,
    SandboxChoice,
)
from browser_host.config.types import (
    ActionId,
    AlertName,
    Argument,
    AutoRate,
    AutoWord,
    BrowserAddress,
    BrowserAddressFile,
    DottedPath,
    EndpointName,
    Expression,
    FilePath,
    HostName,
    Keep,
    KeyFile,
    Keys,
    Label,
    Limit,
    Link,
    LinkFile,
    PositiveSeconds,
    RemoteSocket,
    Seconds,
    ServiceAddress,
    Share,
    ShortText,
    SigningFile,
    SocketPath,
    SshDestination,
    VariableName,
    VisitorId,
    WebhookAddress,
    WebhookFile,
    Word,
)
from browser_host.secrets import ApiKey, BrowserUrl, Secret, WatchLink
from browser_host.sessions.alerts.alert_state import MOST_ALERTS, Severity
from browser_host.sessions.browser_state import BrowserKind
from browser_host.sessions.rules.visitor_share import VisitorShare
from browser_host.sessions.staleness import Rule

MOST_HOSTS = 50
"""Hosts in one view."""


class Section(BaseModel):
    """A table: frozen; unknown keys are mistakes."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,
        defer_build=True,
        serialize_by_alias=True,
    )


class DiscoverSection(Section):
    """`[upscope.discover]`: opening the sessions of visitors that the service lists."""

    enabled: bool = False
    search: Word = "online"
    in_session_only: bool = True
    interval: PositiveSeconds = 15.0
    grace: Seconds = 60.0
    max_sessions: Annotated[int, Field(ge=1, le=1000)] = 50
    share: Share = VisitorShare()


class PermissionsSection(Section):
    """`[upscope.permissions]`: what a watcher may do in the visitor's page, in the service's terms.

    Drawing is on, because instructions draw and point; everything else is off.
    """

    allow_draw: bool = True
    allow_click: bool = False
    allow_scroll: bool = False
    allow_type: bool = False
    allow_audio: bool = False
    allow_agent_redirect: bool = False
    allow_console: bool = False


class UpscopeSection(Section):
    """`[upscope]`: the REST service."""

    base_url: ServiceAddress = "https://api.upscope.io/v1.3"
    auth: Annotated[Auth, Field(strict=False)] = Auth.X_API_KEY
    api_key_env: VariableName = "UPSCOPE_API_KEY"
    api_key_file: KeyFile | None = None
    agent_id: Word | None = None
    agent_name: Word | None = None
    ca_file: FilePath | None = None
    poll: Limit = 30.0
    discover: DiscoverSection = DiscoverSection()
    permissions: PermissionsSection = PermissionsSection()

    def api_key(self, environ: Mapping[str, str]) -> ApiKey | None:
        """The key, from the environment, else from its file, or None.

        Raises:
            ValueError: the variable does not hold a valid key; the message does not quote it.
        """
        text = environ.get(self.api_key_env, "")
        if text:
            return secret_files.api_key(text)
        return self.api_key_file.secret if self.api_key_file else None


class SessionEntry(Section):
    """`[[sessions]]`: one session; exactly one of the last three must be set (`checks`)."""

    label: Label
    watch_url: Link | None = None
    watch_url_file: LinkFile | None = None
    visitor: VisitorId | None = None

    @property
    def link(self) -> WatchLink | None:
        """The watch link, or None if the REST service provides it for the visitor."""
        return self.watch_url_file.secret if self.watch_url_file else self.watch_url


class ProtocolPathsSection(Section):
    """`[protocol]`: where generation 2's state has each value; unset, only plain names are read."""

    state_status: DottedPath | None = None
    state_color: DottedPath | None = None
    state_mode: DottedPath | None = None


class EndpointSection(Section):
    """`[[browser.endpoints]]`: one of the browsers to spread the sessions over.

    One that is not local has exactly one of `url` and `url_file` (`checks`).
    """

    name: EndpointName
    kind: Annotated[BrowserKind, Field(strict=False)]
    url: BrowserAddress | None = None
    url_file: BrowserAddressFile | None = None
    max_sessions: Annotated[int, Field(ge=1, le=1500)] = 200
    require_isolation: bool = True

    @property
    def address(self) -> BrowserUrl | None:
        """Where the browser is, or None for one on this machine."""
        return self.url_file.secret if self.url_file else self.url


class RecycleSection(Section):
    """`[browser.recycle]`: when pages and browsers are replaced by new ones."""

    after: Limit = 86_400.0
    page_heap_mb: Annotated[int, Field(ge=16, le=4096)] = 512
    driver_mb: Annotated[int, Field(ge=128, le=65_536)] = 1024


class BrowserSection(Section):
    """`[browser]`: what hosts the watch pages, and how."""

    executable: FilePath | None = None
    sessions_per_process: Annotated[int, Field(ge=1, le=100)] = 25
    render: Annotated[RenderChoice, Field(strict=False)] = RenderChoice.HIDDEN
    allow_private_network: bool = False
    sandbox: Annotated[SandboxChoice, Field(strict=False)] = SandboxChoice.AUTO
    ca_file: FilePath | None = None
    load_within: Annotated[PositiveSeconds, Field(le=600)] = 20.0
    images: bool = True
    recycle: RecycleSection = RecycleSection()
    endpoints: Annotated[tuple[EndpointSection, ...], Field(strict=False)] = ()

    @property
    def is_local(self) -> bool:
        """Whether a browser is started on this machine: without endpoints, and for one that is local."""
        return not self.endpoints or any(one.kind is BrowserKind.LOCAL for one in self.endpoints)


class LimitsSection(Section):
    """Seconds until a session counts as stale; None turns the rule off."""

    waiting: Limit = 120.0
    pending: Limit = 300.0
    mute: Limit = 60.0
    silent: Limit = None
    age: Limit = None
    lost: Limit = 300.0
    gone: Limit = 120.0


class LabelLimitsSection(LimitsSection):
    """`[[stale.labels]]`: limits for sessions by label; unset ones are those of `[stale]`."""

    match: Label


class StaleSection(LimitsSection):
    """`[stale]`: when sessions count as stale."""

    labels: Annotated[tuple[LabelLimitsSection, ...], Field(strict=False)] = ()


class EndSection(Section):
    """`[end]`: how sessions are ended."""

    confirm_within: PositiveSeconds = 5.0
    rest_fallback: bool = False
    per_second: Annotated[float, Field(gt=0, le=1000)] = 50.0
    undo: Seconds = 3.0
    automatic: Annotated[tuple[Annotated[Rule, Field(strict=False)], ...], Field(strict=False)] = ()
    automatic_per_hour: Annotated[int, Field(ge=1, le=10_000)] = 20


class HostSection(Section):
    """`[host]`: the process that owns the browser; with `keep_ended` None, ended sessions stay listed."""

    socket: SocketPath = Field(default_factory=paths.socket, validate_default=True)
    read_only: bool = False
    raw_instructions: bool = False
    preview: bool = True
    input: bool = False
    on_exit: Annotated[OnExit, Field(strict=False)] = OnExit.LEAVE
    keep_ended: Keep = 3600.0
    allow_uids: Annotated[tuple[Annotated[int, Field(ge=0, lt=2**32 - 1)], ...], Field(strict=False)] = ()


class HostEntry(Section):
    """`[[hosts]]`: a host that the dashboard and the commands look at.

    Exactly one of `socket` and `ssh` must be set, and `remote_socket` with `ssh` (`checks`).
    """

    name: HostName
    socket: SocketPath | None = None
    ssh: SshDestination | None = None
    remote_socket: RemoteSocket | None = None


class AlertSection(Section):
    """`[[alerts]]`: sessions to be alerted of; with `repeat` None, an alert that still fires is not repeated.

    Without `notify`, it is announced as a toast, and by the command and the webhook that it has.
    """

    name: AlertName
    when: Expression
    hold: Seconds = Field(default=30.0, alias="for")
    severity: Annotated[Severity, Field(strict=False)] = Severity.WARNING
    notify: Annotated[tuple[Annotated[Channel, Field(strict=False)], ...] | None, Field(strict=False)] = None
    command: Annotated[tuple[Argument, ...], Field(strict=False, max_length=64)] = ()
    webhook_url: WebhookAddress | None = None
    webhook_url_file: WebhookFile | None = None
    secret_file: SigningFile | None = None
    repeat: Limit = None

    @property
    def webhook(self) -> Secret | None:
        """The webhook's address, or None."""
        return self.webhook_url_file.secret if self.webhook_url_file else self.webhook_url

    @property
    def channels(self) -> frozenset[Channel]:
        """Where it is announced."""
        if self.notify is not None:
            return frozenset(self.notify)
        given = {Channel.TOAST: True, Channel.COMMAND: self.command, Channel.WEBHOOK: self.webhook}
        return frozenset(channel for channel, there in given.items() if there)


class JournalSection(Section):
    """`[journal]`: the record of who did what; with `keep` None, rows are never removed."""

    path: FilePath = Field(default_factory=paths.journal_file)
    keep: Keep = 90 * 86400.0


class LogSection(Section):
    """`[log]`: the host's log."""

    level: Annotated[LogLevel, Field(strict=False)] = LogLevel.INFO
    path: FilePath = Field(default_factory=paths.log_file)


class TuiSection(Section):
    """`[tui]`: the dashboard; a theme or rate of None depends on the terminal.

    The keymap maps an action's id to its key or keys (separated by commas).
    """

    environment: ShortText = ""
    theme: AutoWord = None
    refresh_hz: AutoRate = None
    glyphs: Annotated[GlyphChoice, Field(strict=False)] = GlyphChoice.AUTO
    preview_every: Annotated[PositiveSeconds, Field(ge=0.5, le=3600)] = 2.0
    keymap: dict[ActionId, Keys] = Field(default_factory=dict)


class Settings(Section):
    """The whole configuration."""

    upscope: UpscopeSection = Field(default_factory=UpscopeSection)
    sessions: Annotated[tuple[SessionEntry, ...], Field(strict=False)] = ()
    protocol: ProtocolPathsSection = Field(default_factory=ProtocolPathsSection)
    browser: BrowserSection = Field(default_factory=BrowserSection)
    stale: StaleSection = Field(default_factory=StaleSection)
    end: EndSection = Field(default_factory=EndSection)
    host: HostSection = Field(default_factory=HostSection)
    hosts: Annotated[tuple[HostEntry, ...], Field(strict=False, max_length=MOST_HOSTS)] = ()
    alerts: Annotated[tuple[AlertSection, ...], Field(strict=False, max_length=MOST_ALERTS)] = ()
    journal: JournalSection = Field(default_factory=JournalSection)
    log: LogSection = Field(default_factory=LogSection)
    tui: TuiSection = Field(default_factory=TuiSection)
