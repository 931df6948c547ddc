"""What waits, on the command line: a table for people, a CSV for spreadsheets, JSON for programs."""

from __future__ import annotations

import csv
from decimal import Decimal

import pytest
import simplejson

from mappers.policy import Policy
from tests.integration.cli.conftest import Tieout
from tests.stage import Stage

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}
REFUND = {"name": "=HYPERLINK(1)", "quantity": -1, "price": "12.50", "account": "Office Supplies"}


@pytest.fixture
def waiting(empty_stage: Stage) -> Stage:
    """Return a house that is not live, in which one document is ready and one would be held."""
    empty_stage.begin_connected(Policy(default_line_account=None), live=False)
    empty_stage.approved(number="INV-1", invoiceNumber="S-1", lines=[PAPER, REFUND])
    empty_stage.approved(number="INV-2", supplier="Evergreen Catering", lines=[PAPER])
    empty_stage.settle()
    return empty_stage


@pytest.mark.usefixtures("waiting")
def test_a_table_names_what_is_booked_and_adds_it_up(tieout: Tieout) -> None:
    done = tieout("documents", "preview", "--from", "2020-01-01")
    text = " ".join(done.stdout.split())
    assert "Bill: Office Expenses:Office Supplies" in text
    assert "Supplier Evergreen Catering is not paired with a vendor." in text
    assert "create Bill 1 USD 527.50" in text
    assert "hold 1 USD 540.00" in text


@pytest.mark.usefixtures("waiting")
def test_the_lines_of_the_csv_add_up_to_the_total_and_hold_no_formula(tieout: Tieout) -> None:
    rows = list(csv.DictReader(tieout("documents", "preview", "--csv").stdout.splitlines()))
    sent = [row for row in rows if row["decision"] == "create"]
    assert [row["line"] for row in sent] == ["Copy paper", "'=HYPERLINK(1)"]
    assert sum(Decimal(row["amount"]) for row in sent) == Decimal("527.50")
    assert [row["total"] for row in sent] == ["527.50", ""]
    assert [(row["document"], row["total in Precoro"]) for row in rows if row["decision"] == "hold"] == [
        ("invoice:202", "540.00")
    ]


@pytest.mark.usefixtures("waiting")
def test_json_holds_the_lines_and_the_remedies(tieout: Tieout) -> None:
    ready, held = simplejson.loads(tieout("documents", "preview", "--json").stdout)
    assert [line["amount"] for line in ready["entity"]["lines"]] == ["540.00", "-12.50"]
    assert (ready["decision"], held["decision"]) == ("create", "hold")
    assert held["problems"][0]["code"] == "supplier_not_paired"


def test_what_does_not_fit_is_counted_and_still_added_up(waiting: Stage, tieout: Tieout) -> None:
    assert waiting.records()
    done = tieout("documents", "preview", "--limit", "1")
    assert "1 document more" in done.stderr
    assert "hold" in done.stdout


@pytest.mark.usefixtures("stage")
def test_an_empty_list_says_so(tieout: Tieout) -> None:
    assert "Nothing waits." in tieout("documents", "preview").stderr
