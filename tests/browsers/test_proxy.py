"""A proxy on this machine opens nothing of this machine to the pages that come over it."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from browser_host.browsers.launch.launch_environment import prepare
from browser_host.browsers.settings import PoolSettings
from browser_host.errors import BrowserUnavailable
from browser_host.secrets import WatchLink
from tests.browsers.conftest import Opened
from tests.browsers.proxied import Proxy
from tests.browsers.stage import Record, Stage

REACHES = """<!doctype html><body><iframe name=shown></iframe><form id=sent method=post target=shown></form>
<script>
const settled = (promise) => promise.then(() => 'reached', () => 'refused');
const loaded = (made) => new Promise((done) => {
  made.onload = () => done('reached'); made.onerror = () => done('refused'); document.body.append(made); });
const made = (name, address) => Object.assign(document.createElement(name), { src: address });
(async () => {
  for (const address of ADDRESSES) {
    await settled(fetch(address + '/fetch', { mode: 'no-cors' }));
    await loaded(made('script', address + '/script'));
    await loaded(made('img', address + '/img'));
    await loaded(made('iframe', address + '/frame'));
    sent.action = address + '/form';
    sent.submit();
    const done = '.then(() => postMessage(0), () => postMessage(0))';
    const code = `fetch('${address}/worker', { mode: 'no-cors' })${done}`;
    const worker = new Worker(URL.createObjectURL(new Blob([code])));
    await new Promise((done) => { worker.onmessage = worker.onerror = done; });
  }
  parent.postMessage({ type: 'sessionStatusUpdate', sessionStatus: 'active' }, '*');
})();
</script>"""


@pytest.fixture
async def proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Proxy]:
    made = Proxy(tmp_path)
    await made.open()
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "auto_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{made.port}")
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{made.port}")
    yield made
    await made.close()


async def test_a_page_behind_a_local_proxy_reaches_no_local_service(
    open_pool: Opened, stage: Stage, record: Record, proxy: Proxy
) -> None:
    local = ["127.0.0.1", "localhost", "127.1.2.3", "10.255.255.1", "192.168.255.1"]
    addresses = [f"http://{host}:{stage.port}" for host in local]
    proxy.page = REACHES.replace("ADDRESSES", json.dumps(addresses))
    pool = await open_pool(allow_private_network=False, ca_file=proxy.ca_file)
    pool.open("s", WatchLink("https://watch.example/"))
    await record.until(lambda: record.said("s"), within=30)
    assert stage.asked == []
    assert [what for what in proxy.asked if any(host in what for host in local)] == []


@pytest.mark.parametrize(
    "given", [{"https_proxy": "http://proxy.invalid:3128"}, {"auto_proxy": "http://127.0.0.1/proxy.pac"}]
)
async def test_a_proxy_without_a_known_address_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(BrowserUnavailable, match=r"browser\.allow_private_network"):
        await prepare(PoolSettings(), given)
    launch = await prepare(PoolSettings(allow_private_network=True), given)
    assert launch.arguments == []
