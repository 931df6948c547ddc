"""An import of a list whose workers are killed goes on where it was, and no option is made twice."""

from __future__ import annotations

from collections import Counter

from store.tasks import DONE, ENDED
from tests.acceptance.processes import Processes
from tests.stage import REALM
from workers.lists import mirror as lists
from workers.lookup import find_task
from workers.tasks import commands as task_commands

ACCOUNTS = "QuickBooks Accounts"
NEW = [f"Site {number}" for number in range(1, 7)]
POST = {"method": "POST", "path": "/itemcustomfields/"}


def options(house: Processes) -> Counter[str]:
    """Count the options of the accounts' custom field in Precoro by name."""
    fields = house.precoro.rows("1", "itemcustomfields")
    return Counter(option["name"] for field in fields if field["name"] == ACCOUNTS for option in field["options"])


def is_at(house: Processes, task_id: int, *states: str) -> bool:
    with house.runtime.read() as (session, _):
        return find_task(session, task_id).state in states


def test_workers_killed_while_precoro_keeps_an_option_and_does_not_answer_double_nothing(house: Processes) -> None:
    for name in NEW:
        house.quickbooks.post(f"account?realm={REALM}", Name=name, AccountType="Expense", AccountSubType="Travel")
    arguments = lists.arguments(house.runtime, "widgets-inc", ["accounts"], "all")
    house.precoro.post("faults", match=POST, fault="timeout_after_commit", delay=30, times=3)
    task_id = task_commands.start(house.runtime, "widgets-inc", lists.IMPORT, arguments, "ann", confirmed=True)
    for made in range(1, 4):
        house.until(lambda made=made: len(set(NEW) & set(options(house))) >= made, f"option {made}", 90)  # type: ignore[misc]
        house.restart("workers")
    house.until(lambda: is_at(house, task_id, *ENDED), "the end of the import", 120)
    assert is_at(house, task_id, DONE)
    assert {name: options(house)[name] for name in NEW} == dict.fromkeys(NEW, 1)
    assert max(options(house).values()) == 1
