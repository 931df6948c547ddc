"""Killed with -9 at every boundary in turn: after the restart both sides agree, with nothing doubled and nothing lost."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from standins import compare
from standins.comparison.judge import ALL_KINDS
from standins.comparison.result import ComparedRow
from tests.acceptance.fire.house import Fire, OpenHouse, fire
from tests.acceptance.fire.matrix import Matrix
from tests.acceptance.fire.scenarios import SCENARIOS, STEPS, Work
from tests.acceptance.forks import ForkServer

MATRIX = Matrix(
    STEPS, on_postgres=("revise_while_unanswered", "receive")
)  # the longest way of a worker, and the receiver


@pytest.fixture(scope="module")
def open_house(
    tmp_path_factory: pytest.TempPathFactory, redis_url: str, fork_server: ForkServer
) -> Iterator[OpenHouse]:
    """Open houses for all deaths in this process of pytest, one at a time."""

    @contextmanager
    def open_on(variables: dict[str, str]) -> Iterator[Fire]:
        with fire(tmp_path_factory.mktemp("fire"), redis_url, fork_server, **variables) as opened:
            opened.synced_invoice()  # the first document of all teaches Precoro's home currency, which is one commit more
            yield opened

    with closing(OpenHouse(open_on)) as houses:
        yield houses


def rows(fire: Fire, work: Work) -> list[ComparedRow]:
    """Return what the comparison of both sides says of a document, and all that does not tie."""
    comparison = compare.compare(fire.stage.precoro.url, fire.stage.quickbooks.url, kinds=ALL_KINDS)
    of_document = [row for row in comparison.rows if row.document == work.document["customName"]]
    return [*of_document, *(row for row in comparison.broken if row.verdict != "MISSING" and row not in of_document)]


def assert_done(fire: Fire, work: Work) -> None:
    """Check that a document stands as it must: once, to the cent, with every write settled and written back."""
    record = fire.record(work.document)
    assert (record.state, record.qbo_id is not None) == (work.state, work.amount is not None)
    assert fire.open_writes(work.document) == []
    [row] = rows(fire, work)
    assert row.quickbooks == work.amount
    assert row.verdict in ({"MISSING"} if work.state in {"held", "open"} else {"ok"})
    expected = f"qbo:9130001:{(record.qbo_type or '').lower()}:{record.qbo_id}" if record.qbo_id else ""
    assert (fire.written_back(work.document) or "") == expected


@MATRIX.each_scenario
def test_every_boundary_is_listed(house: Fire, scenario: str) -> None:
    work = SCENARIOS[scenario](house)
    status, reached = house.processes.run(work.role, *work.arguments)
    assert status == 0
    house.recover(work.document, work.state)
    assert_done(house, work)
    assert reached == MATRIX.boundaries(scenario)


@MATRIX.each_death
def test_a_death(house: Fire, scenario: str, number: int) -> None:
    work = SCENARIOS[scenario](house)
    status, reached = house.processes.run(work.role, *work.arguments, kill_at=number)
    assert (status, reached) == (-signal.SIGKILL, MATRIX.boundaries(scenario)[: number + 1])
    house.recover(work.document, work.state)
    assert_done(house, work)
