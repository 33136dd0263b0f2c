"""Which service is asked, with which key, and as whom: what a client is made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from browser_host.config import secret_files
from browser_host.config.choices import Auth
from browser_host.config.models import Permissions, Upscope
from browser_host.errors import UsageError
from browser_host.secrets import ApiKey

AGENT_ID = "watchdeck"
AGENT_NAME = "Watchdeck"


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """Everything that a request to the service depends on.

    Args:
        base_url: https, without a slash at its end; the version segment (`/v1.3`) or `/api` is part of it.
        auth: how the key is shown; `RAW` means on premise, with that installation's own list paths.
        agent_id: who watches, as the service counts agents; it wants one with every link.
        agent_name: who watches, as the visitor may be shown it.
        ca_file: PEM; the only authorities that are trusted then, else the usual ones.
        permissions: what a watcher may do in the page that is watched.

    Raises:
        UsageError: the key is not fit for a header.
    """

    base_url: str
    auth: Auth
    key: ApiKey
    agent_id: str = AGENT_ID
    agent_name: str = AGENT_NAME
    ca_file: Path | None = None
    permissions: Permissions = field(default_factory=Permissions)

    def __post_init__(self) -> None:
        try:
            secret_files.api_key(self.key.reveal())
        except ValueError as error:
            problem = str(error)
        else:
            return
        raise UsageError(f"the API key: {problem}")

    @property
    def host(self) -> str:
        """The service's name for messages: an address's host, and nothing else of it."""
        return urlsplit(self.base_url).hostname or ""


def from_config(upscope: Upscope, environ: Mapping[str, str]) -> ServiceSettings | None:
    """The settings that the configuration and the environment give, or None where there is no key.

    Raises:
        UsageError: the environment holds something that is no key.
    """
    try:
        key = upscope.api_key(environ)
    except ValueError as error:
        raise UsageError(f"in the environment's {upscope.api_key_env}: {error}") from None
    if key is None:
        return None
    return ServiceSettings(
        base_url=upscope.base_url,
        auth=upscope.auth,
        key=key,
        agent_id=upscope.agent_id or AGENT_ID,
        agent_name=upscope.agent_name or AGENT_NAME,
        ca_file=upscope.ca_file,
        permissions=upscope.permissions,
    )
