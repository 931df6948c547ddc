"""The docs tell what the code does: pages made from it are equal to it, and every link and test named in them exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cli.reference import NOT_YET, PAGES
from mappers.policy import PolicySchema
from mappers.problems import CODES
from store.records import STATES

ROOT = Path(__file__).parent.parent.parent.parent
FOLDER = ROOT / "docs" / "reference"
PROSE = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
NAMED_TEST = re.compile(r"`?(tests/[\w/]+\.py)(?:::(\w+))?")
NAMED_COMMAND = re.compile(r"^(?:\$ )?(?:bin/)?tieout ([a-z]+)(?: ([a-z]+))?", re.MULTILINE)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_made_from_the_code_is_equal_to_it(name: str) -> None:
    written = (ROOT / name).read_text(encoding="utf-8")
    assert written == PAGES[name](), f"{name} is old. Make it again: python -m cli.reference"


@pytest.mark.parametrize("page", PROSE, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    broken = [link for link in links if not (page.parent / link.partition("#")[0]).exists()]
    assert broken == []


@pytest.mark.parametrize("page", PROSE, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_test_that_is_named_exists(page: Path) -> None:
    missing = []
    for file, name in NAMED_TEST.findall(page.read_text(encoding="utf-8")):
        path = ROOT / file
        if not path.exists() or (name and f"def {name}(" not in path.read_text(encoding="utf-8")):
            missing.append(f"{file}::{name}")
    assert missing == []


@pytest.mark.parametrize("page", PROSE, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_that_is_named_exists(page: Path) -> None:
    commands = (FOLDER / "cli.md").read_text(encoding="utf-8")
    for group, verb in NAMED_COMMAND.findall(page.read_text(encoding="utf-8")):
        named = f"## tieout {group} {verb}".rstrip()
        assert f"{named}\n" in commands or f"## tieout {group}\n" in commands, named


def test_every_state_and_every_problem_is_told() -> None:
    states = (FOLDER / "states.md").read_text(encoding="utf-8")
    assert [state for state in STATES if f"`{state}`" not in states] == []
    problems = (FOLDER / "problems.md").read_text(encoding="utf-8")
    assert [code for code in CODES if f"## {code}\n" not in problems] == []


def test_every_problem_that_the_workers_make_is_one_of_the_codes() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "workers").rglob("*.py"))
    made = set(re.findall(r"\bProblem\(\s*\"(\w+)\"", sources))
    assert made - set(CODES) == set()


def test_settings_that_nothing_acts_on_are_told_and_only_those() -> None:
    sources = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("mappers", "workers")
        for path in (ROOT / folder).rglob("*.py")
        if path.name != "policy.py"
    )
    unused = {name for name in PolicySchema().fields if not re.search(rf"\.{name}\b", sources)}
    assert unused == NOT_YET
