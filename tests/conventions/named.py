"""Tests that a document names: whether each is there."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


def is_there(name: str) -> bool:
    """Whether a test exists.

    Args:
        name: `room/file::test_name`, or `room/file` for all that is in it; below `tests`, without `.py`.
    """
    place, _, test = name.partition("::")
    path = ROOT / "tests" / f"{place}.py"
    return path.is_file() and (not test or test in _tests_in(path))


@cache
def _tests_in(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text("utf-8"))
    functions = (one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(one.name for one in functions)
