"""The docs tell what the code does: pages made from it are equal to it, and every link and test named in them exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cli.reference import PAGES
from mappers.policy import NOTHING_YET, PolicySchema
from mappers.problems import CODES
from store.records import STATES

ROOT = Path(__file__).parent.parent.parent.parent
FOLDER = ROOT / "docs" / "reference"
PROSE = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "standins/README.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
NAMED_FILE = re.compile(r"`((?:bench|bin|cli|deploy|docs|firstrun|mappers|outbound|precoro_client|qbo_client|standins|store|webhooks|workers)/[\w/.-]*)`")  # fmt: skip
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
    assert [link for link in links if not _leads_somewhere(page, link)] == []


def _leads_somewhere(page: Path, link: str) -> bool:
    """Say whether a file is there, and in it the section that a link names."""
    name, _, section = link.partition("#")
    target = page.parent / name if name else page
    if not section:
        return target.exists()
    headings = HEADING.findall(target.read_text(encoding="utf-8"))
    return section in {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PROSE, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_that_is_named_exists(page: Path) -> None:
    named = NAMED_FILE.findall(page.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


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
    said = {name for name, field in PolicySchema().fields.items() if field.metadata["sentence"].endswith(NOTHING_YET)}
    assert said == unused | {"default_item_account"}  # it keeps an account from being switched off, and nothing more


def test_every_decision_has_a_number_of_its_own_and_names_it_in_its_heading() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    headings = [path.read_text(encoding="utf-8").split()[1] for path in decisions]
    assert headings == [path.name[:4] for path in decisions]
    assert len(set(headings)) == len(headings)
