"""What the code cites stands in the repository: every page, section and setting that it names can be opened."""

from __future__ import annotations

import dataclasses
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from standins.precoro import settings as precoro
from standins.quickbooks import settings as quickbooks

ROOT = Path(__file__).parent.parent.parent.parent
FOLDERS = ("bench", "cli", "console", "dashboard", "firstrun", "mappers", "metrics", "outbound", "precoro_client", "qbo_client", "standins", "store", "tests", "webhooks", "workers")  # fmt: skip
MODULES = sorted([ROOT / "settings.py", *(path for name in FOLDERS for path in (ROOT / name).rglob("*.py"))])
PAGE = re.compile(r"\b[\w/.-]+\.md\b")
CITATION = re.compile(r"(docs/[\w/-]+\.md), (?=[A-Z])")
NUMBERED = re.compile(r"^\d+\. ")
OUTSIDE = re.compile(
    r"\(facts?\b|\bfacts?,? \d|\bfacts? of (?:Precoro|QuickBooks)|\b(?:public|the) facts\b|\bdesign(?:,| section| rule| \d)|\baccounting(?: rules?|,) \d"
    r"|\[(?:[A-Z]|\?)\]"
)
"""How a comment looks that cites what nobody can open: notes by number, or a mark of how sure they are."""
UNKNOWN = re.compile(r"\*\*U\*\*[^*]*")
SETTING = re.compile(r"`([a-z]+(?:_[a-z]+)+)`")


@cache
def remarks(module: Path) -> str:
    """Return all comments and docstrings of a module, with single spaces."""
    return " ".join(" ".join(_remarks(module)).replace("#", " ").split())


def _remarks(module: Path) -> Iterator[str]:
    source = module.read_text(encoding="utf-8")
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT or (token.type == tokenize.STRING and '"""' in token.string):
            yield token.string


def headings(page: Path) -> list[str]:
    """Return the sections of a page, without their numbers."""
    lines = page.read_text(encoding="utf-8").splitlines()
    return [NUMBERED.sub("", line.lstrip("# ")) for line in lines if line.startswith("#")]


def broken(text: str) -> list[str]:
    """Return what a text cites and does not exist: pages, and sections of pages."""
    missing = [name for name in PAGE.findall(text) if "/" in name and not (ROOT / name).exists()]
    for cited in CITATION.finditer(text):
        page, rest = ROOT / cited[1], text[cited.end() :]
        if page.exists() and not rest.startswith(tuple(headings(page))):
            missing.append(f"{cited[1]}, {rest[:40]}")
    return missing


def test_every_page_and_section_that_the_code_cites_exists() -> None:
    missing = {str(module.relative_to(ROOT)): broken(remarks(module)) for module in MODULES}
    assert {module: cited for module, cited in missing.items() if cited} == {}


def test_the_code_cites_nothing_outside_of_the_repository() -> None:
    citations = {str(module.relative_to(ROOT)): OUTSIDE.findall(remarks(module)) for module in MODULES}
    assert {module: cited for module, cited in citations.items() if cited} == {}


@pytest.mark.parametrize("text", ["(docs/reference/gone.md, Faults)", "(docs/reference/quickbooks.md, Dragons)"])
def test_a_citation_of_what_is_not_there_is_found(text: str) -> None:
    assert broken(text)


@pytest.mark.parametrize(
    ("page", "settings"), [("quickbooks.md", quickbooks.QuickBooksSettings), ("precoro.md", precoro.PrecoroSettings)]
)
def test_what_is_unknown_of_a_service_is_a_setting_of_its_stand_in(page: str, settings: type[quickbooks.QuickBooksSettings | precoro.PrecoroSettings]) -> None:  # fmt: skip
    names = {field.name for field in dataclasses.fields(settings)}
    text = (ROOT / "docs" / "reference" / page).read_text(encoding="utf-8")
    named = {name for unknown in UNKNOWN.findall(text) for name in SETTING.findall(unknown)}
    assert named - names == set()
    assert named
