"""Killed with -9 at every boundary over a file in turn: it hangs on its bill once."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from tests.acceptance.fire.attachment_scenarios import (
    ATTACHMENT_SCENARIOS,
    ATTACHMENT_STEPS,
    QUOTE,
    AttachmentWork,
    files_on_bill,
    record_of,
)
from tests.acceptance.fire.house import Fire, OpenHouse, fire
from tests.acceptance.fire.matrix import Matrix
from tests.acceptance.forks import ForkServer

NO_CATCH_UP = {"TIEOUT_CATCH_UP": "1e9"}
"""An invoice whose list row changed would be read again, which is one job more."""
MATRIX = Matrix(ATTACHMENT_STEPS, on_postgres=("attach",))


@pytest.fixture(scope="module")
def open_house(
    tmp_path_factory: pytest.TempPathFactory, redis_url: str, fork_server: ForkServer
) -> Iterator[OpenHouse]:
    """Open houses for all deaths in this process of pytest, one at a time."""

    @contextmanager
    def open_on(variables: dict[str, str]) -> Iterator[Fire]:
        with fire(tmp_path_factory.mktemp("fire"), redis_url, fork_server, **NO_CATCH_UP, **variables) as opened:
            yield opened

    with closing(OpenHouse(open_on)) as houses:
        yield houses


def assert_mended(fire: Fire, work: AttachmentWork) -> None:
    """Let everything that is alive work until all is quiet, and check what hangs on the bill then."""
    fire.pass_an_hour()
    fire.stage.precoro.post("webhooks", drop=0.0)
    fire.stage.until(lambda: record_of(fire, work).state == "synced", "a file that is synced")
    fire.stage.settle()
    assert files_on_bill(fire, work) == [QUOTE["name"]]
    assert fire.all_open_writes() == []


@MATRIX.each_scenario
def test_every_boundary_over_a_file_is_listed(house: Fire, scenario: str) -> None:
    work = ATTACHMENT_SCENARIOS[scenario](house)
    status, reached = house.processes.run("worker")
    assert status == 0
    assert_mended(house, work)
    assert reached == MATRIX.boundaries(scenario)


@MATRIX.each_death
def test_a_death_over_a_file(house: Fire, scenario: str, number: int) -> None:
    work = ATTACHMENT_SCENARIOS[scenario](house)
    status, reached = house.processes.run("worker", kill_at=number)
    assert (status, reached) == (-signal.SIGKILL, MATRIX.boundaries(scenario)[: number + 1])
    assert_mended(house, work)
