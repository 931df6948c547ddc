"""Killed with -9 at every boundary over a file in turn: it hangs on its bill once."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from store.intents import OPEN, Intent
from tests.acceptance.fire.attachment_scenarios import (
    ATTACHMENT_SCENARIOS,
    ATTACHMENT_STEPS,
    QUOTE,
    AttachmentWork,
    files_on_bill,
    record_of,
)
from tests.acceptance.fire.house import Fire, OpenHouse, fire
from tests.acceptance.fire.scenarios import sides

NO_CATCH_UP = {"TIEOUT_CATCH_UP": "1e9"}
"""An invoice whose list row changed would be read again, which is one job more."""
EVERY_ONE = "EVERY_BOUNDARY" in os.environ
ON_POSTGRES = tuple(ATTACHMENT_STEPS) if EVERY_ONE else ("attach",)
PLACES = [
    *(("sqlite", scenario) for scenario in ATTACHMENT_STEPS),
    *(("postgres", scenario) for scenario in ON_POSTGRES),
]
DEATHS = [
    (database, scenario, number)
    for database, scenario in PLACES
    for number, name in enumerate(sides(ATTACHMENT_STEPS[scenario]))
    if EVERY_ONE or (database == "sqlite" and name.startswith("after"))
]


@pytest.fixture(scope="module")
def open_house(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[OpenHouse]:
    """Open houses for all deaths in this process of pytest, one at a time."""

    @contextmanager
    def open_on(variables: dict[str, str]) -> Iterator[Fire]:
        with fire(tmp_path_factory.mktemp("fire"), redis_url, **NO_CATCH_UP, **variables) as opened:
            yield opened

    with closing(OpenHouse(open_on)) as houses:
        yield houses


@pytest.fixture
def house(request: pytest.FixtureRequest, open_house: OpenHouse) -> Fire:
    """Return the house on the database of the test."""
    return open_house.on(request.param, request)


def assert_mended(fire: Fire, work: AttachmentWork) -> None:
    """Let everything that is alive work until all is quiet, and check what hangs on the bill then."""
    fire.pass_an_hour()
    fire.stage.precoro.post("webhooks", drop=0.0)
    fire.stage.until(lambda: record_of(fire, work).state == "synced", "a file that is synced")
    fire.stage.settle()
    assert files_on_bill(fire, work) == [QUOTE["name"]]
    with fire.stage.runtime.read() as (session, _):
        assert session.query(Intent).filter(Intent.state == OPEN).count() == 0


@pytest.mark.parametrize(("house", "scenario"), PLACES, indirect=["house"])
def test_every_boundary_over_a_file_is_listed(house: Fire, scenario: str) -> None:
    work = ATTACHMENT_SCENARIOS[scenario](house)
    status, reached = house.processes.run("worker")
    assert status == 0
    assert_mended(house, work)
    assert reached == sides(ATTACHMENT_STEPS[scenario])


@pytest.mark.parametrize(
    ("house", "scenario", "number"),
    DEATHS,
    indirect=["house"],
    ids=[
        f"{base}-{scenario}-{number} {sides(ATTACHMENT_STEPS[scenario])[number]}" for base, scenario, number in DEATHS
    ],
)
def test_a_death_over_a_file(house: Fire, scenario: str, number: int) -> None:
    work = ATTACHMENT_SCENARIOS[scenario](house)
    status, reached = house.processes.run("worker", kill_at=number)
    assert (status, reached) == (-signal.SIGKILL, sides(ATTACHMENT_STEPS[scenario])[: number + 1])
    assert_mended(house, work)
