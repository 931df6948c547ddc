"""What stands in a log while Redis is away: that it is, not once a tick, and that it came back."""

from __future__ import annotations

import time
from pathlib import Path

import simplejson

from tests.acceptance.forks import ForkServer
from tests.acceptance.processes import processes

TICKS = 15
PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}


def test_the_clock_says_once_that_redis_is_away_and_once_that_it_is_back(
    tmp_path: Path, fork_server: ForkServer
) -> None:
    with processes(tmp_path, fork_server) as house:
        log = house.home / "clock.log"
        house.until(log.exists, "the clock to start")
        house.stop("redis")
        house.approved(number="INV-7", invoiceNumber="S-7", lines=[PAPER])
        house.until(lambda: "redis failed" in log.read_text(), "the clock to see it")
        time.sleep(TICKS * float(house.variables["TIEOUT_CLOCK_TICK"]))
        house.start("redis")
        house.until(lambda: "redis works again" in log.read_text(), "the clock to go on")
        events = [simplejson.loads(line) for line in log.read_text().splitlines()]
    failed = [event["error"] for event in events if event["event"].startswith("redis failed")]
    assert len(failed) == len(set(failed)) < TICKS / 2
