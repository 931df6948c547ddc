"""The tie-out report from the command line: run, shown, kept, and compared with the one before."""

from __future__ import annotations

import csv
import io
import re

import simplejson

from tests.integration.cli.conftest import Tieout
from tests.stage import REALM, Stage

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}
DAYS = ("--first", "2026-11-01", "--last", "2026-11-30")


def test_a_report_is_run_shown_printed_and_compared_with_the_next_one(stage: Stage, tieout: Tieout) -> None:
    first = stage.approved(number="INV-201", lines=[PAPER])
    stage.approved(number="INV-205", supplier="Evergreen Catering", lines=[PAPER])
    stage.settle()
    made = tieout("report", "run", *DAYS)
    assert made.exit_code == 0
    assert "Both sides tie out: 1 document agrees, USD 540.00 in bills, 1 held for a person." in made.stdout
    [summary] = simplejson.loads(tieout("report", "list", "--json").stdout)
    assert (summary["state"], summary["counts"]) == ("ties", {"agrees": 1, "held": 1})
    number = str(summary["report"])
    stage.quickbooks.post("webhooks", drop=1.0)
    stage.quickbooks.post(f"bill/{stage.record(first).qbo_id}?realm={REALM}", do="delete")
    again = tieout("report", "run", *DAYS)
    assert again.exit_code == 1
    assert "The sides do not tie out: 1 missing in QuickBooks." in again.stdout
    other = str(int(number) + 1)
    [difference] = simplejson.loads(tieout("report", "diff", number, other, "--json").stdout)
    assert (difference["line"]["number"], difference["before"], difference["after"]) == ("INV-201", None, "missing")
    compared = tieout("report", "diff", number, other).stdout
    assert "INV-201" in compared
    assert "is gone" not in compared
    shown = simplejson.loads(tieout("report", "show", other, "--json").stdout)
    assert shown["by_date"][0] == {
        "ledger": "bills", "currency": "USD", "approved": "1080.00", "quickbooks": "0.00", "residual": "0.00", "supplier": None,
        "effects": {"held": "-540.00", "missing": "-540.00"},
    }  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(tieout("report", "show", other, "--csv").stdout)))
    assert {(row["number"], row["bucket"]) for row in rows} == {
        ("INV-201", "Missing in QuickBooks"),
        ("INV-205", "Held for a person"),
    }
    accruals = simplejson.loads(tieout("report", "show", other, "--section", "accruals", "--json").stdout)
    assert [row["number"] for row in accruals] == ["INV-201", "INV-205"]
    suppliers = simplejson.loads(tieout("report", "show", other, "--suppliers", "date", "--json").stdout)
    assert {row["supplier"] for row in suppliers} == {"Acme Supply", "Evergreen Catering"}
    balances = tieout("report", "show", other, "--section", "balances", "--csv").stdout
    assert [row["quickbooks"] for row in csv.DictReader(io.StringIO(balances))] == ["0.00", "0.00"]
    assert re.search(
        r"all suppliers +USD +1,080\.00 +0\.00 +-1,080\.00",
        tieout("report", "show", other, "--section", "balances").stdout,
    )
    page = tieout("report", "show", other, "--html").stdout
    assert "The sides do not tie out" in page
    assert summary["digest"] not in page
    assert shown["summary"]["digest"] in page


def test_a_report_that_does_not_exist_says_how_to_see_those_that_do(tieout: Tieout) -> None:
    refused = tieout("report", "show", "999")
    assert refused.exit_code == 3
    assert "tieout report list" in refused.stderr


def test_a_period_that_ends_before_it_begins_is_wrong_usage(stage: Stage, tieout: Tieout) -> None:
    assert stage
    refused = tieout("report", "run", "--first", "2026-11-30", "--last", "2026-11-01")
    assert refused.exit_code == 2
    assert "before the first" in refused.stderr
