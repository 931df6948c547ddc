"""The overview from the command line."""

from __future__ import annotations

import simplejson

from tests.integration.cli.conftest import Tieout
from tests.stage import Stage

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}


def test_an_overview_tells_how_the_installation_does(stage: Stage, tieout: Tieout) -> None:
    stage.approved(number="INV-201", lines=[PAPER])
    stage.settle()
    shown = simplejson.loads(tieout("overview", "--json").stdout)
    assert (shown["workers"], shown["queued"], shown["failed_jobs"]) == ([], 0, 0)
    [pulse] = shown["connections"]
    assert (pulse["connection"], pulse["state"], pulse["due"]) == ("widgets-inc", "connected", 0)
    assert pulse["precoro_event"]
    printed = tieout("overview").stdout
    assert "workers       none" in printed
    assert "s ago" in printed.partition("widgets-inc")[2]
    assert tieout("overview", "nobody").exit_code == 3
