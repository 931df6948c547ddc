"""Tests stand where their module stands, names say what a thing is, and only the command line names commands."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.app import tieout
from tests.unit.docs.tested_elsewhere import TESTED_ELSEWHERE

ROOT = Path(__file__).parent.parent.parent.parent
TESTS = ROOT / "tests"

PRODUCT = (
    "mappers",
    "workers",
    "store",
    "cli",
    "qbo_client",
    "precoro_client",
    "outbound",
    "webhooks",
    "console",
    "dashboard",
    "metrics",
)
"""Folders whose every module has a test file of its own or a row in `TESTED_ELSEWHERE`, and whose classes share no name."""
PLAINLY_NAMED = (*PRODUCT, "standins", "bench", "firstrun", "tests")
"""Folders in which no name is one of `VAGUE`."""
VAGUE = frozenset({"one", "found", "told", "given", "known", "heard", "asked", "seen"})


def _modules(folder: str) -> list[Path]:
    """Return the modules of a folder, without migrations."""
    return [
        path
        for path in sorted((ROOT / folder).rglob("*.py"))
        if not path.name.startswith("__") and "migrations" not in path.parts
    ]


def _has_test_file(module: Path) -> bool:
    name = module.relative_to(ROOT)
    return any((TESTS / kind / name.parent / f"test_{name.name}").exists() for kind in ("unit", "integration"))


@pytest.mark.parametrize("folder", PRODUCT)
def test_a_module_without_a_test_file_of_its_own_or_a_reason_fails(folder: str) -> None:
    missing = {path.relative_to(ROOT).as_posix() for path in _modules(folder) if not _has_test_file(path)}
    assert missing - TESTED_ELSEWHERE.keys() == set(), (
        "add a test file, or a row to tests/unit/docs/tested_elsewhere.py"
    )


def test_a_reason_is_given_for_no_other_module() -> None:
    for name, (test_file, reason) in TESTED_ELSEWHERE.items():
        assert (ROOT / name).exists(), name
        assert not _has_test_file(ROOT / name), f"{name} has a test file of its own"
        assert (TESTS / test_file).exists(), test_file
        assert reason


@pytest.mark.parametrize("folder", PLAINLY_NAMED)
def test_a_name_says_what_it_is(folder: str) -> None:
    vague = {f"{path.relative_to(ROOT)}: {name}" for path in _modules(folder) for name in _names(path) if name in VAGUE}
    assert vague == set()


def _names(path: Path) -> Iterator[str]:
    """Yield the names that a module gives to functions, variables and parameters."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef):
            yield node.name


def test_no_class_has_the_name_of_another() -> None:
    paths: dict[str, list[str]] = {}
    for path in (path for package in PRODUCT for path in _modules(package)):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                paths.setdefault(node.name, []).append(path.relative_to(ROOT).as_posix())
    assert {name: where for name, where in paths.items() if len(where) > 1} == {}


@pytest.mark.parametrize("package", [package for package in PRODUCT if package != "cli"])
def test_only_the_command_line_names_its_commands(package: str) -> None:
    command = re.compile(rf"\btieout ({'|'.join(tieout.commands)})\b")
    naming = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in _modules(package)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and command.search(node.value)
    ]
    assert naming == [], "say what helps as a Remedy with its Act; cli/remedies.py knows the command"
