"""`/v1/alerts` and what acknowledges them, as the contract says."""

import json

import pytest

from browser_host.errors import UnknownAlert
from browser_host.sessions.alerts.alert import Alert
from browser_host.sessions.filter import parse
from browser_host.supervisor.policy import Policy
from tests.api.conftest import Served
from tests.support.clocks import SettableClock


@pytest.fixture
def rules() -> Policy:
    return Policy(
        alerts=(Alert("stuck", parse("status:waiting"), 0.0), Alert("never", parse("label:nobody")))
    )


async def test_alerts_are_shown_and_acknowledged(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SettableClock()
    monkeypatch.setattr(served.host.alert_watch, "_clock", clock)
    first, second = served.host.live(2, "waiting")
    for _ in range(3):
        await served.host.alert_watch.look()
        clock.forward(1)
    (alert,) = (await served.http.get("/v1/alerts")).json()["alerts"]
    assert alert.pop("since").endswith("Z")
    assert alert == {
        "name": "stuck",
        "severity": "warning",
        "state": "firing",
        "sessions": [first, second],
        "notify": [],
    }
    assert (await served.client.snapshot()).host.alerts == (await served.client.alerts()).alerts
    (part,) = (await served.client.acknowledge("stuck", [second])).alerts
    assert (part.state, part.sessions) == ("firing", (first,))
    answer = await served.http.post("/v1/alerts/ack", json={"name": "stuck"})
    assert (answer.json()["schema"], answer.json()["alerts"][0]["state"]) == (1, "acknowledged")
    assert (await served.client.acknowledge("never")).alerts == ()
    kinds = [json.loads(line)["type"] for line in served.host.feed.after(0) or ()]
    assert [kind for kind in kinds if kind.startswith("alert.")] == [
        *("alert.firing", "alert.acknowledged", "alert.acknowledged")
    ]
    figures = (await served.http.get("/metrics")).text
    assert 'watchdeck_alerts{name="stuck",state="acknowledged"} 1.0' in figures
    assert 'watchdeck_alert_sessions{name="stuck"} 2.0' in figures
    assert 'watchdeck_alert_deliveries_total{channel="webhook",result="failed"} 0.0' in figures


@pytest.mark.parametrize("body", [{"name": "other"}, {"name": "stuck", "ids": ["zz"]}])
async def test_what_does_not_fire_is_not_acknowledged(served: Served, body: dict[str, object]) -> None:
    answer = await served.http.post("/v1/alerts/ack", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown_alert")
    with pytest.raises(UnknownAlert):
        await served.client.acknowledge("other")
