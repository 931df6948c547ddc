"""`tieout history`: who changed what from what to what, and what waited for it."""

from __future__ import annotations

import pytest
import simplejson

from tests.integration.cli.conftest import Tieout
from tests.stage import Stage

SLUG = "widgets-inc"
LUNCH = {"name": "Lunch", "quantity": 1, "price": "76.10", "account": "Office Supplies"}


def test_the_history_says_who_changed_what_from_what_to_what_and_what_waited(stage: Stage, tieout: Tieout) -> None:
    waits = stage.approved(number="INV-205", supplier="Evergreen Catering", lines=[LUNCH])
    stage.settle()
    tieout("settings", "set", "bill_number=precoro")
    tieout("suppliers", "pair", "Evergreen Catering", "Evergreen Catering Company LLC")
    pair, decided = simplejson.loads(tieout("history", "list", "--connection", SLUG, "--json").stdout)[:2]
    assert (decided["action"], decided["subject"]) == ("decide", SLUG)
    assert (decided["before"], decided["after"]) == ({"bill_number": "supplier"}, {"bill_number": "precoro"})
    assert (pair["action"], pair["after"], pair["waiting"]) == ("pair", "67", [f"invoice:{waits['idn']}"])
    table = tieout("history", "list").stdout
    assert "bill_number: supplier -> precoro" in table


@pytest.mark.usefixtures("stage")
def test_the_history_says_of_a_choice_only_what_it_changed(tieout: Tieout) -> None:
    tieout("lists", "choose", "accounts", "--type", "Expense")
    assert tieout("history", "list").stdout.splitlines()[2].strip() == (
        "types: Cost of Goods Sold, Expense, Other Expense -> Expense"
    )


@pytest.mark.usefixtures("stage")
def test_the_history_of_a_connection_that_nobody_has_is_refused(tieout: Tieout) -> None:
    assert tieout("history", "list", "--connection", "nobody").exit_code == 3
