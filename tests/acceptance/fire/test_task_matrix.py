"""Killed with -9 at every boundary of a long action in turn: it goes on where it was, and nothing is made twice."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from store.tasks import DONE, Task
from tests.acceptance.fire.house import Fire, OpenHouse, fire
from tests.acceptance.fire.matrix import EVERY_ONE, deadly, sides
from tests.acceptance.fire.scenarios import TASK_STEPS
from tests.acceptance.forks import ForkServer
from tests.stage import REALM
from workers.lists import mirror as lists
from workers.lookup import find_task
from workers.tasks import commands as task_commands

SLUG, CLASSES = "widgets-inc", 17031
BOUNDARIES = sides(TASK_STEPS)
EACH_ON_POSTGRES = 1 if EVERY_ONE else 6
"""On Postgres one death of so many is tried: its statements are the same."""
ON_SQLITE = deadly(BOUNDARIES)
DEATHS = [*(("sqlite", number) for number in ON_SQLITE), *(("postgres", n) for n in ON_SQLITE[::EACH_ON_POSTGRES])]


@pytest.fixture(scope="module")
def open_house(
    tmp_path_factory: pytest.TempPathFactory, redis_url: str, fork_server: ForkServer
) -> Iterator[OpenHouse]:
    """Open houses for all deaths in this process of pytest, one at a time, their classes imported."""

    @contextmanager
    def open_on(variables: dict[str, str]) -> Iterator[Fire]:
        with fire(tmp_path_factory.mktemp("fire"), redis_url, fork_server, **variables) as opened:
            opened.stage.quickbooks.post("settings", usage_limits=False)  # each death makes two classes more
            assert ends_well(opened, start(opened))
            yield opened

    with closing(OpenHouse(open_on)) as houses:
        yield houses


def start(fire: Fire) -> int:
    """Begin to import the classes of QuickBooks into Precoro, with a plan that need not be looked at."""
    arguments = lists.arguments(fire.stage.runtime, SLUG, ("classes",), "all")
    return task_commands.start(fire.stage.runtime, SLUG, lists.IMPORT, arguments, "ann", confirmed=True)


def begin(fire: Fire, *names: str) -> int:
    """Let people make new classes in QuickBooks, and begin to import them."""
    for name in names:
        fire.stage.quickbooks.post(f"class?realm={REALM}", Name=name)
    assert fire.stage.quickbooks.get("webhooks?wait=10")["idle"]
    fire.pass_an_hour()
    fire.stage.runtime.queue.empty()  # type: ignore[no-untyped-call]
    return start(fire)


def ends_well(fire: Fire, task_id: int) -> bool:
    """Let everything that is alive work until a task has ended, and say whether it ended well."""
    fire.stage.until(lambda: task(fire, task_id).ended_at, f"task {task_id} to end")
    return task(fire, task_id).state == DONE


def task(fire: Fire, task_id: int) -> Task:
    """Return a task as it stands."""
    with fire.stage.runtime.read() as (session, _):
        return find_task(session, task_id)


def assert_each_once(fire: Fire, *names: str) -> None:
    """Check that each class is one option in Precoro, which carries the class's id."""
    fields = fire.stage.precoro.rows("1", "itemcustomfields")
    options = next(field["options"] for field in fields if field["id"] == CLASSES)
    assert set(Counter(option["name"] for option in options).values()) == {1}
    classes = fire.stage.quickbooks.rows(REALM, "class")
    ids = {class_["Name"]: f"qbo:{REALM}:class:{class_['Id']}" for class_ in classes}
    assert {option["name"]: option["externalId"] for option in options if option["name"] in names} == {
        name: ids[name] for name in names
    }


@pytest.mark.parametrize("house", ["sqlite", "postgres"], indirect=True)
def test_every_boundary_of_a_task_is_listed(house: Fire) -> None:
    task_id = begin(house, "Listed one", "Listed two")
    status, reached = house.processes.run("workers")
    assert (status, task(house, task_id).state) == (0, DONE)
    assert reached == BOUNDARIES
    assert_each_once(house, "Listed one", "Listed two")


@pytest.mark.parametrize(
    ("house", "number"),
    DEATHS,
    indirect=["house"],
    ids=[f"{database}-{number} {BOUNDARIES[number]}" for database, number in DEATHS],
)
def test_a_death(house: Fire, number: int) -> None:
    names = f"Death {number} one", f"Death {number} two"
    task_id = begin(house, *names)
    status, reached = house.processes.run("workers", kill_at=number)
    assert (status, reached) == (-signal.SIGKILL, BOUNDARIES[: number + 1])
    house.pass_an_hour()
    assert ends_well(house, task_id)
    assert_each_once(house, *names)
