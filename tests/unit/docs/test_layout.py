"""Tests stand where their module stands, and names say what a thing is; the folders that keep this grow in number."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.app import tieout

ROOT = Path(__file__).parent.parent.parent.parent
UNIT = ROOT / "tests" / "unit"

MIRRORED = ("mappers",)
"""Folders whose every module has a test file of its own, or a row below."""
PLAINLY_NAMED = ("mappers",)
"""Folders in which no name is one of `VAGUE`."""
VAGUE = frozenset({"one", "found", "told", "given", "known", "heard", "asked", "seen"})

PRODUCT = ("mappers", "workers", "store", "cli", "qbo_client", "precoro_client", "outbound", "webhooks")

TESTED_ELSEWHERE = {
    "mappers/documents/duplicates.py": ("documents/test_bills.py", "only a whole document can be a duplicate"),
    "mappers/documents/findings.py": ("documents/test_bills.py", "every held document collects problems in it"),
    "mappers/documents/header.py": ("documents/test_bills.py", "a header is judged in a whole bill"),
    "mappers/documents/lines.py": ("documents/test_bills.py", "lines are judged by the total of a whole bill"),
    "mappers/documents/locks.py": ("documents/test_plan.py", "a lock is a plan that holds"),
    "mappers/documents/merging.py": ("documents/test_plan.py", "a merged entity is the body of an update"),
    "mappers/documents/outcomes.py": ("documents/test_plan.py", "its values are what plans come to"),
    "mappers/documents/references.py": ("documents/test_bills.py", "an option counts by the line it leads to"),
    "mappers/documents/status.py": ("documents/test_plan.py", "a status counts by the plan it leads to"),
    "mappers/documents/taxes.py": ("documents/test_bills.py", "taxes are judged by the total of a whole bill"),
    "mappers/editions.py": ("settings/test_rules.py", "an edition counts by the settings it allows"),
    "mappers/lists/choices.py": ("lists/test_plan.py", "a choice counts by the entries that are mirrored"),
    "mappers/lists/entries.py": ("lists/test_plan.py", "its values are what plans are made of"),
    "mappers/lists/matching.py": ("lists/test_plan.py", "a match is a row of a plan"),
    "mappers/matching/company_names.py": ("matching/test_suggestions.py", "likeness is the greater part of a score"),
    "mappers/matching/countries.py": ("matching/test_details.py", "a country is one of the details"),
    "mappers/matching/parties.py": ("matching/test_rule.py", "parties are what the rule compares"),
    "mappers/notes.py": ("documents/test_bills.py", "a note belongs to the document that it is on"),
    "mappers/problems.py": ("documents/test_bills.py", "a problem belongs to the document that it holds"),
    "mappers/remedies.py": ("../cli/test_remedies.py", "an act counts by the command that does it"),
    "mappers/settings/default_accounts.py": ("lists/test_fields.py", "default accounts are entries of a list"),
    "mappers/suppliers/fields.py": ("suppliers/test_profile.py", "fields are read into profiles"),
    "mappers/suppliers/forms.py": ("suppliers/test_profile.py", "forms are made of profiles"),
    "mappers/suppliers/vendor_creation.py": ("suppliers/test_profile.py", "a vendor is made of a profile"),
    "mappers/taxes/codes.py": ("taxes/test_matching.py", "a new code is for taxes that match none"),
    "mappers/taxes/withholding.py": ("taxes/test_matching.py", "it takes the taxes that matching leaves out"),
    "mappers/wire.py": ("documents/test_document.py", "its fields are those of a document"),
}
"""Modules without a test file of their own: where under tests/unit of their folder they are tested, and why there."""


def _modules(folder: str) -> list[Path]:
    return [path for path in sorted((ROOT / folder).rglob("*.py")) if path.name != "__init__.py"]


def _has_test_file(module: Path) -> bool:
    name = module.relative_to(ROOT)
    return (UNIT / name.parent / f"test_{name.name}").exists()


@pytest.mark.parametrize("folder", MIRRORED)
def test_a_module_without_a_test_file_of_its_own_or_a_reason_fails(folder: str) -> None:
    missing = {path.relative_to(ROOT).as_posix() for path in _modules(folder) if not _has_test_file(path)}
    assert missing - TESTED_ELSEWHERE.keys() == set()


def test_a_reason_is_given_for_no_other_module() -> None:
    for name, (test_file, reason) in TESTED_ELSEWHERE.items():
        assert (ROOT / name).exists(), name
        assert not _has_test_file(ROOT / name), f"{name} has a test file of its own"
        assert (UNIT / name.partition("/")[0] / test_file).exists(), test_file
        assert reason


@pytest.mark.parametrize("folder", PLAINLY_NAMED)
def test_a_name_says_what_it_is(folder: str) -> None:
    vague = {f"{path.relative_to(ROOT)}: {name}" for path in _modules(folder) for name in _names(path) if name in VAGUE}
    assert vague == set()


def _names(path: Path) -> Iterator[str]:
    """Yield the names that a module gives to variables and parameters."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg


@pytest.mark.parametrize("folder", PLAINLY_NAMED)
def test_no_class_has_the_name_of_another(folder: str) -> None:
    paths: dict[str, list[str]] = {}
    for path in (path for package in PRODUCT for path in _modules(package) if "migrations" not in path.parts):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                paths.setdefault(node.name, []).append(path.relative_to(ROOT).as_posix())
    shared = {
        name: where
        for name, where in paths.items()
        if len(where) > 1 and any(path.startswith(f"{folder}/") for path in where)
    }
    assert shared == {}


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
