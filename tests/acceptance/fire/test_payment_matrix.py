"""Killed with -9 at every boundary over a payment in turn: Precoro shows it once, and nothing is cancelled twice."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from tests.acceptance.fire.house import Fire, OpenHouse, fire
from tests.acceptance.fire.matrix import Matrix
from tests.acceptance.fire.payment_scenarios import PAYMENT_SCENARIOS, PaymentWork, payments_of, record_of
from tests.acceptance.fire.scenarios import PAYMENT_STEPS
from tests.acceptance.forks import ForkServer
from workers.connections import settings

NO_CATCH_UP = {"TIEOUT_CATCH_UP": "1e9"}
"""An invoice that Precoro shows as paid would be read again, which is one job more."""
MATRIX = Matrix(PAYMENT_STEPS, on_postgres=("pay_lost",))


@pytest.fixture(scope="module")
def open_house(
    tmp_path_factory: pytest.TempPathFactory, redis_url: str, fork_server: ForkServer
) -> Iterator[OpenHouse]:
    """Open houses that import payments for all deaths in this process of pytest, one at a time."""

    @contextmanager
    def open_on(variables: dict[str, str]) -> Iterator[Fire]:
        with fire(tmp_path_factory.mktemp("fire"), redis_url, fork_server, **NO_CATCH_UP, **variables) as opened:
            settings.change(opened.stage.runtime, "widgets-inc", {"import_payments": True}, "ann")
            opened.synced_invoice()  # the first document of all teaches Precoro's home currency, which is one commit more
            yield opened

    with closing(OpenHouse(open_on)) as houses:
        yield houses


def assert_mended(fire: Fire, work: PaymentWork) -> None:
    """Let everything that is alive work until all is quiet, and check what Precoro shows then."""
    fire.recover(work.invoice, "synced")
    fire.stage.until(lambda: record_of(fire, work).state == work.state, f"a payment that is {work.state}")
    fire.stage.settle()
    payments = payments_of(fire, work.invoice)
    assert sum(payment["sumPaid"] for payment in payments if payment["status"] == 0) == work.paid
    assert len(payments) == work.payments
    assert fire.all_open_writes() == []


@MATRIX.each_scenario
def test_every_boundary_over_a_payment_is_listed(house: Fire, scenario: str) -> None:
    work = PAYMENT_SCENARIOS[scenario](house)
    status, reached = house.processes.run("worker")
    assert status == 0
    assert_mended(house, work)
    assert reached == MATRIX.boundaries(scenario)


@MATRIX.each_death
def test_a_death_over_a_payment(house: Fire, scenario: str, number: int) -> None:
    work = PAYMENT_SCENARIOS[scenario](house)
    status, reached = house.processes.run("worker", kill_at=number)
    assert (status, reached) == (-signal.SIGKILL, MATRIX.boundaries(scenario)[: number + 1])
    assert_mended(house, work)
