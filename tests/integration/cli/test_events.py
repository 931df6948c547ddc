"""Events from the command line: listed, and acted on once more."""

from __future__ import annotations

import pytest
import simplejson

from tests.integration.cli.conftest import Tieout
from tests.stage import Stage

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}


def test_events_are_listed_by_source_and_replayed_by_id(stage: Stage, tieout: Tieout) -> None:
    invoice = stage.approved(number="INV-201", lines=[PAPER])
    stage.settle()
    events = simplejson.loads(tieout("events", "list", "--source", "precoro", "--status", "kept", "--json").stdout)
    assert events[0]["subject"] == f"invoice:{invoice['id']}"
    wanted = stage.record(invoice).requested_version
    done = tieout("events", "replay", str(events[0]["id"]))
    assert done.exit_code == 0
    assert "1 document is due" in done.stderr
    assert stage.record(invoice).requested_version == wanted + 1
    stage.settle()
    assert len(stage.bills()) == 1


def test_a_replay_of_quickbooks_reads_the_changes_again(stage: Stage, tieout: Tieout) -> None:
    stage.approved(number="INV-201", lines=[PAPER])
    stage.settle()
    stage.settle()
    done = tieout("events", "replay", "--since", "1h", "--source", "quickbooks")
    assert "1 QuickBooks company is read again" in done.stderr


def test_a_dry_run_counts_and_changes_nothing(stage: Stage, tieout: Tieout) -> None:
    invoice = stage.approved(number="INV-201", lines=[PAPER])
    stage.settle()
    wanted = stage.record(invoice).requested_version
    done = tieout("events", "replay", "--since", "2020-01-01", "--dry-run")
    assert "would be replayed" in done.stderr
    assert stage.record(invoice).requested_version == wanted


@pytest.mark.usefixtures("stage")
def test_an_event_that_is_not_there_ends_with_3(tieout: Tieout) -> None:
    assert tieout("events", "replay", "999999").exit_code == 3
    assert tieout("events", "replay").exit_code == 2
    assert tieout("events", "list", "--since", "yesterday").exit_code == 2
