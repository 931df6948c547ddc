"""Killed with -9 at every boundary over a supplier in turn: both sides agree after it, and there is one of each."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any

import pytest

from mappers.policy import dump_policy, load_policy
from store.companies import Connection
from tests.acceptance.fire.house import Fire, OpenHouse, fire
from tests.acceptance.fire.matrix import Matrix
from tests.acceptance.fire.scenarios import SUPPLIER_STEPS
from tests.acceptance.fire.supplier_scenarios import (
    SUPPLIER_SCENARIOS,
    SupplierWork,
    answer,
    suppliers_of,
    vendors_of,
)
from tests.acceptance.forks import ForkServer
from tests.stage import REALM

AT_ONCE = {"TIEOUT_REREAD_AFTER": "0.001"}
"""A supplier that is due again after its job is queued again at once, however long the job took."""
MATRIX = Matrix(SUPPLIER_STEPS, on_postgres=("create_vendor_lost",))


@pytest.fixture(scope="module")
def open_house(
    tmp_path_factory: pytest.TempPathFactory, redis_url: str, fork_server: ForkServer
) -> Iterator[OpenHouse]:
    """Open houses for all deaths in this process of pytest, one at a time; every approved supplier gets a vendor there."""

    @contextmanager
    def open_on(variables: dict[str, str]) -> Iterator[Fire]:
        with fire(tmp_path_factory.mktemp("fire"), redis_url, fork_server, **AT_ONCE, **variables) as opened:
            with opened.stage.runtime.write() as (session, _):
                connection = session.get_one(Connection, 1)
                connection.policy = dump_policy(replace(load_policy(connection.policy), create_missing_vendors=True))
            yield opened

    with closing(OpenHouse(open_on)) as houses:
        yield houses


def supplier_shows(row: dict[str, Any]) -> dict[str, Any]:
    """Return what must be the same on both sides, of a supplier."""
    return {"name": row["name"], "street": row["legalAddress"], "phone": row["phone"], "twin": row["externalId"]}


def vendor_shows(row: dict[str, Any]) -> dict[str, Any]:
    """Return the same of a vendor."""
    return {
        "name": row["DisplayName"],
        "street": row["BillAddr"]["Line1"],
        "phone": row["PrimaryPhone"]["FreeFormNumber"],
        "twin": f"qbo:{REALM}:vendor:{row['Id']}",
    }


def assert_done(fire: Fire, work: SupplierWork) -> None:
    """Check that there is one of each, that both agree, that nothing was written twice, and that a conflict is asked."""
    [supplier], [vendor] = suppliers_of(fire, work.supplier), vendors_of(fire, work.supplier)
    assert supplier_shows(supplier) == vendor_shows(vendor)
    assert (supplier["city"], vendor["BillAddr"]["City"]) == (work.city, work.vendor_city)
    assert int(vendor["SyncToken"]) == work.changes
    assert fire.open_writes(work.supplier) == []
    record = fire.record(work.supplier)
    problems = ["supplier_changed_on_both_sides"] if work.state == "held" else []
    assert (record.state, [problem.code for problem in record.problems]) == (work.state, problems)


def assert_mended(fire: Fire, work: SupplierWork) -> None:
    """Let everything that is alive work until all is quiet, check what must stand then, and end a conflict."""
    fire.recover(work.supplier, work.state)
    assert_done(fire, work)
    if work.state == "held":
        answer(fire, work)


@MATRIX.each_scenario
def test_every_boundary_over_a_supplier_is_listed(house: Fire, scenario: str) -> None:
    work = SUPPLIER_SCENARIOS[scenario](house)
    status, reached = house.processes.run("worker")
    assert status == 0
    assert_mended(house, work)
    assert reached == MATRIX.boundaries(scenario)


@MATRIX.each_death
def test_a_death_over_a_supplier(house: Fire, scenario: str, number: int) -> None:
    work = SUPPLIER_SCENARIOS[scenario](house)
    status, reached = house.processes.run("worker", kill_at=number)
    assert (status, reached) == (-signal.SIGKILL, MATRIX.boundaries(scenario)[: number + 1])
    assert_mended(house, work)
