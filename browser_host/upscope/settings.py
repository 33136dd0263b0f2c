"""The settings of a client: which service, with which key, and on whose behalf."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from browser_host.config import secret_files
from browser_host.config.choices import Auth
from browser_host.config.models import PermissionsSection, UpscopeSection
from browser_host.errors import UsageError
from browser_host.secrets import ApiKey

AGENT_ID = "watchdeck"
AGENT_NAME = "Watchdeck"


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """Everything that a request to the service depends on.

    Args:
        base_url: https, without a final slash; includes the version segment (`/v1.3`) or `/api`.
        auth: how the key is sent; `RAW` means on premise, with that installation's own list paths.
        agent_id: who watches, as the service counts agents; required for every link.
        agent_name: who watches, as the visitor may see it.
        ca_file: PEM file; if given, only these authorities are trusted.
        permissions: what a watcher may do in the visitor's page.

    Raises:
        UsageError: the key can't be sent in a header.
    """

    base_url: str
    auth: Auth
    key: ApiKey
    agent_id: str = AGENT_ID
    agent_name: str = AGENT_NAME
    ca_file: Path | None = None
    permissions: PermissionsSection = field(default_factory=PermissionsSection)

    def __post_init__(self) -> None:
        try:
            key = secret_files.api_key(self.key.reveal())
        except ValueError as error:
            problem = str(error)
        else:
            object.__setattr__(self, "key", key)  # strip the line end that it may have
            return
        raise UsageError(f"the API key: {problem}")

    @property
    def host(self) -> str:
        """The service's name for messages: only the host of its address."""
        return urlsplit(self.base_url).hostname or ""


def from_config(upscope: UpscopeSection, environ: Mapping[str, str]) -> ServiceSettings | None:
    """The settings from the configuration and the environment, or None without a key.

    Raises:
        UsageError: the environment's value is not a valid key.
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
