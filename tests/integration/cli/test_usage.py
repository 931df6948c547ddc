"""`tieout usage` tells what working cost."""

from __future__ import annotations

import simplejson

from tests.integration.cli.conftest import Tieout
from tests.stage import Stage

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}


def test_the_calls_of_a_document_are_counted_under_the_names_of_the_companies(stage: Stage, tieout: Tieout) -> None:
    stage.approved(number="INV-940", invoiceNumber="S-940", lines=[PAPER])
    stage.settle()
    rows = simplejson.loads(tieout("usage", "--json").stdout)
    counted = {(row["service"], row["company"], row["kind"]): (row["calls"], row["metered"]) for row in rows}
    assert counted["quickbooks", "Widgets Inc", "POST bill"] == (1, False)
    assert counted["precoro", "ann@widgets.example", "PATCH invoices"] == (1, True)
    assert counted["precoro", "ann@widgets.example", "GET suppliers"][1] is True
    shown = tieout("usage").stdout
    assert "PATCH invoices" in shown
    assert shown.splitlines()[-1].split()[:2] == ["together", str(sum(row["calls"] for row in rows))]


def test_a_day_without_calls_says_so(tieout: Tieout) -> None:
    done = tieout("usage", "--since", "2999-01-01")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "No call has been made since 2999-01-01" in done.stderr


def test_the_month_and_the_windows_say_what_is_left(stage: Stage, tieout: Tieout) -> None:
    stage.approved(number="INV-941", lines=[PAPER])
    stage.settle()
    month = simplejson.loads(tieout("usage", "--month", "--json").stdout)
    rows = simplejson.loads(tieout("usage", "--json").stdout)
    metered = sum(row["calls"] for row in rows if row["service"] == "quickbooks" and row["metered"])
    assert (month["used"], month["limit"]) == (metered, 500_000)
    assert f"{metered} of 500,000 this month" in tieout("usage", "--month").stderr
    windows = simplejson.loads(tieout("usage", "--windows", "--json").stdout)
    assert [(row["service"], row["limit"]) for row in windows] == [
        ("Precoro", 3000), ("Precoro", 1500), ("Precoro", 60), ("QuickBooks", 450), ("QuickBooks", 10),
    ]  # fmt: skip
    assert windows[0]["used"] > 0
    assert "3000" in tieout("usage", "--windows").stdout
