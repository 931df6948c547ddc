"""Alerts from the command line."""

from __future__ import annotations

import simplejson

from store.alerts import AlertRow
from tests.integration.cli.conftest import Tieout
from tests.stage import Stage

HELD = {
    "key": "held:widgets-inc:period_closed",
    "kind": "held",
    "connection": "widgets-inc",
    "sentence": "Held: the period is closed.",
    "page": "/c/widgets-inc/attention/period_closed",
    "records": 12,
    "amounts": {"USD": "1234.50"},
}


def _keep(stage: Stage, *, solved: bool = False, **values: object) -> int:
    """Keep an alert; return its number."""
    with stage.runtime.write() as (session, moment):
        row = AlertRow(**{**HELD, **values}, begun_at=moment, told_at=moment, solved_at=moment if solved else None)
        session.add(row)
        session.flush()
        return row.id


def test_alerts_are_listed_and_shown_with_their_page(stage: Stage, tieout: Tieout) -> None:
    assert "Nothing needs a person." in tieout("alerts", "list").stderr
    number = _keep(stage)
    listed = tieout("alerts", "list").stdout
    assert "Held: the period is closed." in listed
    assert [row["alert"] for row in simplejson.loads(tieout("alerts", "list", "--json").stdout)] == [number]
    printed = tieout("alerts", "show", str(number)).stdout
    assert "USD 1,234.50" in printed
    assert "/c/widgets-inc/attention/period_closed" in printed
    shown = simplejson.loads(tieout("alerts", "show", str(number), "--json").stdout)
    assert (shown["records"], shown["amounts"], shown["kind"]) == (12, {"USD": "1234.50"}, "held")
    assert shown["address"].endswith(shown["page"])


def test_what_is_over_is_listed_apart(stage: Stage, tieout: Tieout) -> None:
    assert "Nothing is over yet." in tieout("alerts", "list", "--solved").stderr
    _keep(stage, solved=True)
    assert "period is closed" not in tieout("alerts", "list").stdout
    assert "period is closed" in tieout("alerts", "list", "--solved").stdout


def test_alerts_of_one_connection_only(stage: Stage, tieout: Tieout) -> None:
    _keep(stage, key="clock", kind="clock", connection=None, sentence="The clock has stopped.")
    assert "The clock has stopped." in tieout("alerts", "list").stdout
    assert "The clock has stopped." not in tieout("alerts", "list", "widgets-inc").stdout


def test_an_alert_that_is_not_there_is_named(tieout: Tieout) -> None:
    refused = tieout("alerts", "show", "7")
    assert (refused.exit_code, "There is no alert 7." in refused.stderr) == (3, True)
