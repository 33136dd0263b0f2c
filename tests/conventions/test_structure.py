"""The structure that docs/architecture.md promises: unique names, small packages, imports without a cycle."""

import ast
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import grimp

from tests.conventions.named import ROOT

MOST_MODULES = 16
LONGEST_TEST_NAME = 60
SHARED_MODULE_NAMES = {
    "client": "one for the host's API, one for the REST service",
    "errors": "each package that raises its own has them there",
    "schema": "the API's JSON and the journal's tables",
    "server": "the host's API and the simulator",
    "settings": "what a package is told, in its own words",
}


@cache
def modules() -> tuple[Path, ...]:
    found = (path for folder in ("browser_host", "tui") for path in (ROOT / folder).rglob("*.py"))
    return tuple(sorted(path for path in found if not path.name.startswith("__")))


def test_no_two_modules_share_a_name() -> None:
    places = defaultdict(list)
    for path in modules():
        places[path.stem].append(path.relative_to(ROOT).as_posix())
    shared = {name: found for name, found in places.items() if len(found) > 1}
    assert {name: found for name, found in shared.items() if name not in SHARED_MODULE_NAMES} == {}
    assert sorted(SHARED_MODULE_NAMES) == sorted(set(SHARED_MODULE_NAMES) & set(shared))


def test_no_two_public_classes_share_a_name() -> None:
    places = defaultdict(list)
    for path in modules():
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(path.relative_to(ROOT).as_posix())
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_no_package_has_too_many_modules() -> None:
    counts = Counter(path.parent.relative_to(ROOT).as_posix() for path in modules())
    assert {name: count for name, count in counts.items() if count > MOST_MODULES} == {}


def test_imports_have_no_cycle() -> None:
    graph = grimp.build_graph("browser_host", "tui")
    imports = {module: set(graph.find_modules_directly_imported_by(module)) for module in graph.modules}
    while leaves := {module for module, found in imports.items() if not found & imports.keys()}:
        for module in leaves:
            del imports[module]
    assert sorted(imports) == []


def test_names_of_tests_are_short() -> None:
    names = (
        node.name
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    )
    assert [name for name in names if len(name) > LONGEST_TEST_NAME] == []
