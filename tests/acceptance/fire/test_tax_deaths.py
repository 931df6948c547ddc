"""Killed with -9 at every step of creating a tax code: it is made once and matched, whatever dies when."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from store.tasks import DONE
from tests.acceptance.fire.house import Fire, database_variables, fire
from tests.acceptance.fire.matrix import EVERY_ONE, deadly
from tests.acceptance.forks import ForkServer
from workers.lookup import find_task
from workers.tasks import commands as task_commands
from workers.taxes import create_codes, views

REALM, SLUG = "9130002", "widgets-uk-ltd"
UK = (REALM, "ann@widgets-uk.example", "precoro-sandbox-key-2")
LEVIES = range(30, 60)
"""The percentages of taxes that QuickBooks has no code for, one for each death; also their ids."""


@pytest.fixture(params=["sqlite", "postgres"] if EVERY_ONE else ["sqlite"])
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, redis_url: str, fork_server: ForkServer
) -> Iterator[Fire]:
    """Return a house on one database with many taxes in Precoro that are missing in QuickBooks."""
    variables = database_variables(request.param, request)
    with fire(tmp_path_factory.mktemp("fire"), redis_url, fork_server, **variables) as opened:
        opened.stage.quickbooks.post("settings", usage_limits=False)
        for percent in LEVIES:
            opened.stage.precoro.post("taxes", company=2, id=900 + percent, name=f"Levy {percent}", value=percent)
        opened.stage.connect(None, *UK)
        opened.stage.settle()
        yield opened


def begin(fire: Fire, percent: int) -> int:
    """Begin to create the code of one tax."""
    fire.stage.runtime.queue.empty()  # type: ignore[no-untyped-call]
    return task_commands.start(
        fire.stage.runtime, SLUG, create_codes.NAME, {"taxes": [str(900 + percent)]}, "ann", confirmed=True
    )


def wait_for_end(fire: Fire, task_id: int) -> str:
    """Let everything that is alive work until a task has ended; returns how."""

    def state() -> str | None:
        with fire.stage.runtime.read() as (session, _):
            task = find_task(session, task_id)
            return task.state if task.ended_at else None

    fire.stage.until(state, f"task {task_id} to end")
    return str(state())


def assert_made_once(fire: Fire, percent: int) -> None:
    """Check that QuickBooks has one code for the tax, and that the tax is matched with it."""
    codes = fire.stage.quickbooks.rows(REALM, "taxcode")
    assert [code["Name"] for code in codes].count(f"Levy {percent}") == 1
    matched = {tax.name: tax.code_name for tax in views.taxes(fire.stage.runtime, SLUG).taxes if tax.code}
    assert matched[f"Levy {percent}"] == f"Levy {percent}"


def test_a_death_at_any_step_makes_no_code_twice(house: Fire) -> None:
    first, *others = LEVIES
    task_id = begin(house, first)
    status, reached = house.processes.run("workers")
    assert (status, wait_for_end(house, task_id)) == (0, DONE)
    assert_made_once(house, first)
    deaths = deadly(reached)
    assert [name for name in reached if name.startswith("after call POST")] == ["after call POST taxservice/taxcode"]
    assert 5 < len(deaths) <= len(others)
    for number, percent in zip(deaths, others, strict=False):
        task_id = begin(house, percent)
        status, reached_again = house.processes.run("workers", kill_at=number)
        assert (status, reached_again) == (-signal.SIGKILL, reached[: number + 1])
        house.pass_an_hour()
        assert wait_for_end(house, task_id) == DONE, reached[number]
        assert_made_once(house, percent)
