"""The files of docs/deploy for browsers elsewhere, which no test can run: valid, confined, up to date."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from browser_host.sessions.browser_state import BrowserKind
from tests.conventions.named import ROOT
from tests.support import systemd
from tests.support.selenium_grid import VERSION

FOLDER = ROOT / "docs" / "deploy"
MANIFESTS = ("kubernetes-playwright.yaml", "kubernetes-grid.yaml")
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))
SERVICES: Mapping[str, Any] = COMPOSE["services"]
UNITS = ("playwright-server.service", "playwright-tunnel@.service")
PRIVATE = {"10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"}
NEWEST = "1.36"
"""Of Kubernetes, as the dependency's lowest version knows it."""

Document = Mapping[str, Any]


def documents(kind: str | None = None) -> Iterator[Document]:
    for name in MANIFESTS:
        for found in yaml.safe_load_all((FOLDER / name).read_text("utf-8")):
            if kind is None or found["kind"] == kind:
                yield found


WORKLOADS = [*documents("Deployment"), *documents("StatefulSet")]


def name_of(document: Document) -> str:
    return str(document["metadata"]["name"])


def pod_of(workload: Document) -> Document:
    pod: Document = workload["spec"]["template"]
    return pod


@pytest.mark.parametrize("document", [*documents()], ids=lambda one: f"{one['kind']} {name_of(one)}")
def test_manifests_are_valid_by_kubernetes_own_schema(document: Document) -> None:
    kubernetes_validate.validate(dict(document), NEWEST, strict=True)


def test_the_schema_finds_a_misspelt_key() -> None:
    (first, *_) = WORKLOADS
    wrong = {**first, "spec": {**first["spec"], "replica": 1}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, NEWEST, strict=True)


@pytest.mark.parametrize("workload", WORKLOADS, ids=name_of)
def test_pods_are_confined_probed_and_limited(workload: Document) -> None:
    spec = pod_of(workload)["spec"]
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["runAsUser"] > 0
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in spec["containers"]:
        context = container["securityContext"]
        assert (context["allowPrivilegeEscalation"], context["capabilities"]) == (False, {"drop": ["ALL"]})
        assert {"readinessProbe", "livenessProbe"} <= container.keys()
        assert container["resources"]["requests"].keys() == {"cpu", "memory"}
        assert container["resources"]["limits"].keys() == {"cpu", "memory"}
        ports = {port["name"] for port in container["ports"]}
        for probe in ("readinessProbe", "livenessProbe"):
            (asked,) = (
                container[probe][how]["port"] for how in ("httpGet", "tcpSocket") if how in container[probe]
            )
            assert asked in ports


@pytest.mark.parametrize("workload", WORKLOADS, ids=name_of)
def test_a_network_policy_bounds_each_pod_both_ways(workload: Document) -> None:
    labels = pod_of(workload)["metadata"]["labels"]
    assert workload["spec"]["selector"]["matchLabels"] == labels
    (policy,) = [
        one for one in documents("NetworkPolicy") if one["spec"]["podSelector"]["matchLabels"] == labels
    ]
    assert policy["spec"]["policyTypes"] == ["Ingress", "Egress"]
    assert all(rule["from"] and rule["ports"] for rule in policy["spec"]["ingress"])
    blocks = [to["ipBlock"] for rule in policy["spec"]["egress"] for to in rule["to"] if "ipBlock" in to]
    assert all(set(block["except"]) == PRIVATE for block in blocks)


def test_services_and_autoscalers_name_what_there_is() -> None:
    labels = [pod_of(one)["metadata"]["labels"] for one in WORKLOADS]
    assert all(service["spec"]["selector"] in labels for service in documents("Service"))
    known = {(one["kind"], name_of(one)) for one in WORKLOADS}
    scaled = [one["spec"] for one in documents("HorizontalPodAutoscaler")]
    assert {(one["scaleTargetRef"]["kind"], one["scaleTargetRef"]["name"]) for one in scaled} <= known
    metrics = (ROOT / "browser_host" / "supervisor" / "api" / "metrics.py").read_text("utf-8")
    for spec in scaled:
        (metric,) = spec["metrics"]
        name = metric["external"]["metric"]["name"]
        assert f'"{name.removeprefix("watchdeck_")}"' in metrics
        assert spec["minReplicas"] < spec["maxReplicas"]


def test_images_have_the_versions_that_tests_and_host_use() -> None:
    pinned = re.search(r'"playwright==([\d.]+)"', (ROOT / "pyproject.toml").read_text("utf-8"))
    assert pinned is not None
    images = [
        *(container["image"] for one in WORKLOADS for container in pod_of(one)["spec"]["containers"]),
        *(service["image"] for service in SERVICES.values()),
    ]
    versions = {"watchdeck-playwright": pinned[1], "hub": VERSION, "node-chromium": VERSION}
    for image in images:
        name, _, tag = image.rpartition("/")[2].partition(":")
        assert tag == versions[name]
    assert f"playwright=={pinned[1]}" in (FOLDER / "playwright-server.Containerfile").read_text("utf-8")


@pytest.mark.parametrize("name", [*SERVICES])
def test_compose_services_are_confined_and_local(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert int(service["user"].partition(":")[0]) > 0
    assert {"mem_limit", "cpus", "pids_limit"} <= service.keys()
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
    assert set(service["networks"]) <= COMPOSE["networks"].keys()
    assert not {"privileged", "network_mode", "volumes", "devices"} & service.keys()


def test_the_container_serves_what_the_host_needs() -> None:
    shipped = json.loads((FOLDER / "playwright-server.json").read_text("utf-8"))
    inside = json.loads((FOLDER / "playwright-server-container.json").read_text("utf-8"))
    assert inside["args"] == [*shipped["args"], "--disable-dev-shm-usage"]
    assert (inside["ignoreDefaultArgs"], inside["port"]) == (shipped["ignoreDefaultArgs"], shipped["port"])


def test_examples_name_kinds_that_there_are() -> None:
    kinds = re.findall(r'kind = "(\w+)"', "".join((FOLDER / name).read_text("utf-8") for name in MANIFESTS))
    assert {BrowserKind(kind) for kind in kinds} == {BrowserKind.PLAYWRIGHT, BrowserKind.GRID}


@pytest.mark.parametrize("name", UNITS)
def test_systemd_understands_the_units(name: str, tmp_path: Path) -> None:
    text = re.sub(r"^(Exec\w+)=\S+", r"\1=/bin/true", (FOLDER / name).read_text("utf-8"), flags=re.MULTILINE)
    here = tmp_path / name.replace("@", "@box-1")
    here.write_text(text)
    assert systemd.verify(here, tmp_path) == (0, [])
