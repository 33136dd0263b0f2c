"""Where a browser on another machine comes from, by its endpoint's kind."""

from browser_host.browsers.endpoints.browser_source import BrowserSource
from browser_host.browsers.endpoints.grid_browser import GridBrowser
from browser_host.browsers.endpoints.remote_browser import RemoteBrowser
from browser_host.browsers.settings import EndpointSettings
from browser_host.sessions.browser_state import BrowserKind


def remote_source(endpoint: EndpointSettings) -> BrowserSource:
    """One browser of an endpoint that is not local."""
    if endpoint.kind is BrowserKind.GRID:
        return GridBrowser(endpoint.name, endpoint.required_address)
    return RemoteBrowser(endpoint)
