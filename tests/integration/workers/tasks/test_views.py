"""What people look at of tasks: all of them, how far each is, and the rows of its plan."""

from __future__ import annotations

import pytest

from mappers.remedies import Act, Remedy
from store.tasks import Change, Task
from tests import rows
from tests.integration.workers.frozen import assert_frozen
from workers.errors import NoSuchConnectionError, NoSuchTaskError
from workers.runtime import Runtime
from workers.tasks import views

REMEDY = Remedy("Choose one.", (Act("choose_field", {"list": "classes"}),))
PLAN = (
    ("unchanged", "account:41", "skipped", None),
    ("add", "account:42", "applied", "Option 801 stands for it."),
    ("add", "account:43", "refused", "Precoro does not take it."),
    ("problem", "list:classes", "skipped", None),
)


@pytest.fixture
def task_id(runtime: Runtime) -> int:
    """Keep a task of one connection with four rows, and a newer task of another; return the number of the first."""
    for number, slug in enumerate(("widgets", "gadgets"), 1):
        connection_id = rows.connected(runtime.store, slug)
        with runtime.write() as (session, _):
            session.add(Task(id=number, connection_id=connection_id, action="lists import", who="ann", state="done",
                             total=4, done=4, created_at=rows.LONG_AGO))  # fmt: skip
    with runtime.write() as (session, _):
        for position, (what, subject, state, outcome) in enumerate(PLAN):
            remedy = REMEDY if what == "problem" else None
            session.add(Change(id=str(position), task_id=1, position=position, what=what, subject=subject,
                               sentence=f"{what} {subject}", state=state, outcome=outcome, remedy=remedy))  # fmt: skip
    return 1


def test_tasks_are_listed_the_newest_first_or_those_of_one_connection(runtime: Runtime, task_id: int) -> None:
    tasks = views.tasks(runtime, limit=10)
    assert_frozen(tuple(tasks))
    assert [row.connection for row in tasks] == ["gadgets", "widgets"]
    assert [row.task for row in views.tasks(runtime, "Company 9130001", limit=10)] == [task_id]
    assert [row.task for row in views.tasks(runtime, limit=10, before=2)] == [task_id]
    with pytest.raises(NoSuchConnectionError):
        views.tasks(runtime, "nobody", limit=10)


def test_a_task_counts_its_rows_with_what_needs_nothing_last(runtime: Runtime, task_id: int) -> None:
    row = views.task(runtime, task_id)
    assert list(row.plan.items()) == [("add", 2), ("problem", 1), ("unchanged", 1)]
    assert dict(views.outcomes(runtime, task_id)) == {"add applied": 1, "add refused": 1}


def test_a_plan_begins_with_its_problems_and_leaves_out_what_stays(runtime: Runtime, task_id: int) -> None:
    plan = views.plan(runtime, task_id)
    assert [row.subject for row in plan] == ["list:classes", "account:42", "account:43"]
    assert [row.subject for row in views.plan(runtime, task_id, limit=1)] == ["list:classes"]
    assert [row.subject for row in views.changes(runtime, task_id)] == [subject for _, subject, _, _ in PLAN]


def test_a_row_is_a_value_with_its_remedy_or_what_came_of_it(runtime: Runtime, task_id: int) -> None:
    problem, [refusal] = views.plan(runtime, task_id)[0], views.refusals(runtime, task_id)
    runtime.close()
    assert_frozen((problem, refusal))
    assert (problem.remedy, refusal.outcome) == (REMEDY, "Precoro does not take it.")


def test_an_unknown_task_is_refused(runtime: Runtime) -> None:
    with pytest.raises(NoSuchTaskError):
        views.changes(runtime, 7)
