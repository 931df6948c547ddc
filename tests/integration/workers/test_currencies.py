"""Currencies: what suppliers have and QuickBooks lacks is added once; without multicurrency it says what to switch on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from store import tasks as rows
from store.tasks import Change
from tests.stage import Stage, house
from workers.currencies import ADD_CURRENCIES, stand
from workers.errors import CurrencyError
from workers.ops import views as listings
from workers.suppliers import commands as supplier_acts
from workers.tasks import engine as tasks

UK = ("9130002", "ann@widgets-uk.example", "precoro-sandbox-key-2")


@pytest.fixture
def empty(tmp_path: Path, redis_url: str) -> Iterator[Stage]:
    with house(tmp_path, redis_url) as opened:
        yield opened


def add(stage: Stage, slug: str, *codes: str) -> list[Change]:
    """Run the action to its end, and return the rows of its plan."""
    task_id = tasks.start(stage.runtime, slug, ADD_CURRENCIES, {"codes": list(codes)}, "ann", confirmed=True)
    stage.until(lambda: task(stage, task_id).state in rows.ENDED, f"task {task_id} to end", 60)
    assert task(stage, task_id).state == rows.DONE, task(stage, task_id).reason
    with stage.runtime.read() as (session, _):
        return list(listings.changes(session, task_id))


def task(stage: Stage, task_id: int) -> rows.Task:
    with stage.runtime.read() as (session, _):
        return tasks.load(session, task_id)


def in_quickbooks(stage: Stage, realm: str) -> list[str]:
    kept: list[dict[str, Any]] = stage.quickbooks.get("state")["companies"][realm].get("companycurrency", [])
    return sorted(one["Code"] for one in kept if one.get("Active", True))


def test_a_currency_that_suppliers_have_and_quickbooks_lacks_is_added_once(empty: Stage) -> None:
    before = in_quickbooks(empty, UK[0])
    assert "SEK" not in before
    empty.precoro.post("suppliers", company=2, name="Malmö Stål AB", currencies=["SEK"])
    empty.connect(None, *UK)
    assert {one.code: one.state for one in stand(empty.runtime, "widgets-uk-ltd")}["SEK"] == "missing"
    empty.quickbooks.post(
        "faults", match={"method": "POST", "path": "companycurrency"}, fault="reset_after_commit", times=1
    )
    planned = add(empty, "widgets-uk-ltd")
    assert [(one.subject, one.state) for one in planned if one.what == "add"] == [("currency:SEK", "applied")]
    assert in_quickbooks(empty, UK[0]) == sorted([*before, "SEK"])
    assert {one.code: one.state for one in stand(empty.runtime, "widgets-uk-ltd")}["SEK"] == "ready"
    assert {one.what for one in add(empty, "widgets-uk-ltd", "SEK", "GBP")} == {"unchanged"}


def test_without_multicurrency_nothing_is_added_and_it_says_where_to_switch_it_on(empty: Stage) -> None:
    empty.connect()
    planned = add(empty, "widgets-inc", "CHF")
    assert [one.what for one in planned] == ["problem"]
    assert "until multicurrency is on (Account and settings, Advanced, Currency)" in planned[0].sentence


def test_a_supplier_in_another_currency_cannot_be_paired_without_multicurrency_and_it_says_why(empty: Stage) -> None:
    empty.precoro.post("suppliers", company=1, name="Alpine Tools AG", currencies=["CHF"])
    empty.connect()
    with pytest.raises(CurrencyError, match="works in USD only"):
        supplier_acts.pair(empty.runtime, "widgets-inc", "Alpine Tools AG", "87", "ann")
