"""Taxes on their page: matched by hand, refused, unmatched, and codes that are created."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.console.conftest import Visitor
from tests.stage import Stage, house
from workers.tasks import views as task_views
from workers.taxes import views

People = Callable[..., Visitor]
UK = ("9130002", "ann@widgets-uk.example", "precoro-sandbox-key-2")
SLUG = "widgets-uk-ltd"
TAXES = f"/c/{SLUG}/taxes"


@pytest.fixture
def stage(tmp_path: Path, redis_url: str) -> Iterator[Stage]:
    """Return a house of a British company, whose lines carry VAT."""
    with house(tmp_path, redis_url) as opened:
        opened.begin_connected(None, *UK)
        yield opened


def tax(stage: Stage, name: str) -> views.TaxRow:
    """Return a tax as it stands."""
    return next(row for row in views.taxes(stage.runtime, SLUG).taxes if row.name == name)


def task_of(address: str) -> int:
    """Return the task that an answer leads to."""
    matched = re.fullmatch(rf"/c/{SLUG}/tasks/(\d+)", address)
    assert matched, address
    return int(matched[1])


def test_each_tax_is_shown_with_its_code_or_the_likely_ones(people: People) -> None:
    page = people("accountant").get(TAXES).text
    assert "2 of 5 are matched with tax codes." in page
    assert "20.0% S" in page
    assert "HM Revenue &amp; Customs (VAT)" in page
    assert "Several codes have these rates; choose one." in page
    assert f'href="{TAXES}"' in people("viewer").get(f"/c/{SLUG}/lists").text


@pytest.mark.parametrize("fields", [{"twin": "4"}, {"other": "0.0% z"}])
def test_a_tax_is_matched_with_the_code_that_a_person_chose(
    stage: Stage, people: People, fields: dict[str, str]
) -> None:
    visitor = people("accountant")
    visitor.get(TAXES)
    task = task_of(visitor.post(f"{TAXES}/match", tax=tax(stage, "VAT 0").tax, **fields).location)
    stage.until(lambda: task_views.task(stage.runtime, task).state == "done", "the match")
    assert tax(stage, "VAT 0").code == "4"


def test_a_match_is_undone_and_a_code_refused(stage: Stage, people: People) -> None:
    visitor = people("accountant")
    visitor.get(TAXES)
    zero = tax(stage, "VAT 0")
    assert "Noted: they are not the same." in visitor.follow(
        f"{TAXES}/refuse", tax=zero.tax, twin=zero.candidates[-1].code
    )
    assert "It is no longer matched." in visitor.follow(f"{TAXES}/unmatch", tax=tax(stage, "VAT 20").tax)
    assert tax(stage, "VAT 20").state == "none"
    assert "has no match of its own." in visitor.follow(f"{TAXES}/unmatch", tax=zero.tax)
    assert "has no tax with the id or name" in visitor.follow(f"{TAXES}/match", tax="999", twin="4")


@pytest.mark.parametrize("act", ["match-all", "create"])
def test_what_takes_longer_leads_to_its_task(people: People, act: str) -> None:
    visitor = people("accountant")
    visitor.get(TAXES)
    assert task_of(visitor.post(f"{TAXES}/{act}").location)
