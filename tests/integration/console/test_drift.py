"""What was changed in QuickBooks: a list by state, field by field on the document's page, and decided there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.console.conftest import Visitor
from tests.integration.workers.documents.test_drift import PAPER, edit, line_with
from tests.stage import REALM, Stage
from workers.documents import views

People = Callable[..., Visitor]
Json = dict[str, Any]
LIST = "/c/widgets-inc/changed-in-quickbooks"


@pytest.fixture
def changed(stage: Stage) -> Json:
    """Return an invoice whose bill people made cheaper."""
    invoice = stage.approved(number="INV-800", invoiceNumber="S-800", lines=[PAPER])
    stage.until_state(invoice, "synced")
    edit(stage, Line=line_with(stage, Amount=480), DueDate="2026-12-24")
    stage.until_state(invoice, "held")
    stage.settle()
    return invoice


def page_of(invoice: Json) -> str:
    return f"/c/widgets-inc/documents/invoice:{invoice['idn']}"


def test_nothing_was_changed_at_first(stage: Stage, people: People) -> None:  # noqa: ARG001 - the house
    assert "Nothing that was sent was changed in QuickBooks." in people("viewer").get(LIST).text


def test_the_list_is_by_state_with_the_difference_in_money(changed: Json, people: People) -> None:
    viewer = people("viewer")
    page = viewer.get(LIST).text
    assert "QuickBooks differs by USD -60.00." in page
    assert f"{page_of(changed)}#changed" in page
    assert "Amount of line 1" in page
    assert viewer.get(f"{LIST}?state=accepted").text.count("INV-800") == 0
    assert viewer.get(f"{LIST}?state=nothing").status_code == 200


def test_the_page_of_the_document_shows_figures_and_coding_apart_and_what_each_button_does(
    changed: Json, people: People
) -> None:
    page = people("accountant").get(page_of(changed)).text
    assert page.index("Amount of line 1") < page.index("Coding") < page.index("Due date")
    for words in ("is listed as accepted", "figures and coding", "leaves INV-800 out"):
        assert words in page
    assert "Restore it" not in people("viewer").get(page_of(changed)).text


@pytest.mark.parametrize(("action", "total", "state"), [("keep", 480, "accepted"), ("overwrite", 540, "restored")])
def test_a_person_decides_on_the_page(
    stage: Stage, changed: Json, people: People, action: str, total: int, state: str
) -> None:
    ann = people("accountant")
    assert ann.post(f"{page_of(changed)}/{action}").status_code == 303
    stage.until_state(changed, "synced")
    stage.settle()
    drift = views.document(stage.runtime, "INV-800").drift
    assert drift is not None
    assert drift.state == state
    assert stage.bills()[0]["TotalAmt"] == total


def test_what_was_deleted_is_created_again_on_the_page(stage: Stage, changed: Json, people: People) -> None:
    [bill] = stage.bills()
    stage.quickbooks.post(f"bill/{bill['Id']}?realm={REALM}", do="delete")
    stage.until(
        lambda: getattr(views.document(stage.runtime, "INV-800").drift, "kind", "") == "deleted", "the deletion"
    )
    stage.settle()
    ann = people("accountant")
    page = ann.get(page_of(changed)).text
    assert "Create it again" in page
    assert "Restore it" not in page
    assert ann.post(f"{page_of(changed)}/create-again").status_code == 303
    stage.until_state(changed, "synced")
    assert len(stage.bills()) == 1
