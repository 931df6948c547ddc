"""Long actions: read page by page, planned before anything changes, applied once each, whatever happens meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from outbound.errors import CallDetails, Dropped, NoBudget, RuleBroken
from store import history
from store import tasks as rows
from store.companies import Connection
from store.tasks import APPLIED, Change
from tests.integration.workers.long_actions import KilledError, changes, expire_lease, task
from tests.stage import Stage
from workers import actions, jobs
from workers.errors import UnderWayError
from workers.tasks import commands as task_commands
from workers.tasks import views
from workers.tasks.action import Action, Calls, Planned, Step

SLUG = "widgets-inc"
ACTION = "numbers import"


@dataclass
class Numbers:
    """An action of the simplest kind: three pages of two numbers, each added to a service that keeps what it is told."""

    there: list[int] = field(default_factory=list)
    tried: Counter[int] = field(default_factory=Counter)
    troubles: dict[int, BaseException] = field(default_factory=dict)
    after: dict[int, BaseException] = field(default_factory=dict)

    def read(self, step: Step) -> int | None:
        page = (step.cursor or 0) + 1
        step.report(done=page * 2, total=6, now=f"page {page}")
        return page if page < 3 else None

    def plan(
        self, _session: Session, _connection: Connection, _arguments: Mapping[str, Any], _moment: datetime
    ) -> list[Planned]:
        adds = [Planned("add", f"number:{n}", f"Add {n}", {"n": n}) for n in range(1, 6)]
        return [*adds, Planned("unchanged", "number:6", "6 is there")]

    def apply(self, step: Step, changes: Sequence[Change]) -> None:
        for change in changes:
            number = change.body["n"]
            self.tried[number] += 1
            if change.resent and number in self.there:
                self.settle(step, change, "It was there already")
                continue
            self._fail(self.troubles, number)
            self.there.append(number)
            self._fail(self.after, number)
            self.settle(step, change, f"Added {number}")

    def settle(self, step: Step, change: Change, sentence: str) -> None:
        with step.finish(change, APPLIED, sentence):
            pass

    def _fail(self, troubles: dict[int, BaseException], number: int) -> None:
        if number in troubles:
            raise troubles.pop(number)


@pytest.fixture
def numbers(monkeypatch: pytest.MonkeyPatch) -> Numbers:
    made = Numbers()
    action = Action("Import numbers", made.read, made.plan, made.apply, calls=lambda counts: Calls(counts["add"]))
    monkeypatch.setitem(actions.ACTIONS, ACTION, action)
    return made


def _start(stage: Stage, *, confirmed: bool = False) -> int:
    return task_commands.start(stage.runtime, SLUG, ACTION, {}, "ann", confirmed=confirmed)


def _until(stage: Stage, task_id: int, *states: str) -> rows.Task:
    stage.until(lambda: task(stage, task_id).state in states, f"task {task_id} to be {states}", 20)
    return task(stage, task_id)


def _states(stage: Stage, task_id: int) -> list[str]:
    return [change.state for change in changes(stage, task_id)]


def test_a_task_reads_its_pages_and_waits_with_its_plan_before_anything_changes(stage: Stage, numbers: Numbers) -> None:
    task = _until(stage, _start(stage), rows.PLANNED)
    assert (task.total, task.done, numbers.there) == (5, 0, [])
    task_commands.confirm(stage.runtime, task.id, "ann")
    task = _until(stage, task.id, rows.DONE)
    assert numbers.there == [1, 2, 3, 4, 5]
    assert task.done == 5
    assert task.ended_at is not None


def test_others_write_while_a_long_plan_is_thought_out(
    stage: Stage, numbers: Numbers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def plan(session: Session, connection: Connection, *rest: Any) -> list[Planned]:
        with stage.runtime.write() as (others, moment):
            history.note(others, moment, "bo", "pause", SLUG)
        return numbers.plan(session, connection, *rest)

    monkeypatch.setitem(actions.ACTIONS, ACTION, Action("Long", numbers.read, plan, numbers.apply, long_plan=True))
    assert _until(stage, _start(stage), rows.PLANNED).total == 5


def test_the_cost_of_a_plan_is_said_in_calls_and_in_the_time_that_the_quota_demands(
    stage: Stage, numbers: Numbers
) -> None:
    task = _until(stage, _start(stage), rows.PLANNED)
    costs = actions.estimate(stage.runtime, task.id)
    assert (costs.calls, costs.seconds) == (Calls(precoro=5), 0.0)
    assert numbers.there == []


def test_a_worker_killed_before_and_after_a_call_costs_a_step_and_doubles_nothing(
    stage: Stage, numbers: Numbers
) -> None:
    numbers.troubles[2], numbers.after[4] = KilledError(), KilledError()
    task_id = _start(stage, confirmed=True)
    for _ in range(3):
        actions.work(stage.runtime, task_id)
    for _ in range(2):
        with pytest.raises(KilledError):
            actions.work(stage.runtime, task_id)
        expire_lease(stage, task_id)
    _until(stage, task_id, rows.DONE)
    assert numbers.there == [1, 2, 3, 4, 5]
    assert (numbers.tried[2], numbers.tried[4]) == (2, 2)


def test_an_answer_that_was_never_seen_is_looked_for_first(stage: Stage, numbers: Numbers) -> None:
    numbers.after[3] = Dropped(CallDetails(service="Precoro"))
    task_id = _start(stage, confirmed=True)
    _until(stage, task_id, rows.DONE)
    assert numbers.there == [1, 2, 3, 4, 5]


def test_without_budget_a_task_goes_on_later_and_nothing_counts_as_sent(stage: Stage, numbers: Numbers) -> None:
    numbers.troubles[3] = NoBudget(CallDetails(service="Precoro"), retry_after=0.2)
    task_id = _start(stage, confirmed=True)
    task = _until(stage, task_id, rows.DONE)
    assert {change.sends for change in changes(stage, task.id) if change.state == APPLIED} == {1}
    assert numbers.there == [1, 2, 3, 4, 5]


def test_what_a_service_definitely_refuses_is_said_and_the_rest_goes_on(stage: Stage, numbers: Numbers) -> None:
    numbers.troubles[3] = RuleBroken(CallDetails(service="QuickBooks", text="Three is not allowed"))
    task_id = _start(stage, confirmed=True)
    _until(stage, task_id, rows.DONE)
    assert _states(stage, task_id) == ["applied", "applied", "refused", "applied", "applied", "skipped"]
    refused = changes(stage, task_id)[2]
    assert refused.outcome is not None
    assert "Three is not allowed." in refused.outcome


def test_a_cancelled_task_stops_before_its_next_change_and_can_be_resumed(stage: Stage, numbers: Numbers) -> None:
    task_id = _start(stage, confirmed=True)
    original = numbers.settle

    def settle_and_cancel(step: Step, change: Change, sentence: str) -> None:
        original(step, change, sentence)
        if change.body["n"] == 3:
            task_commands.cancel(stage.runtime, task_id, "ann")

    numbers.settle = settle_and_cancel  # type: ignore[method-assign]
    _until(stage, task_id, rows.CANCELLED)
    stage.tick()
    assert numbers.there == [1, 2, 3]
    task_commands.resume(stage.runtime, task_id, "ann")
    _until(stage, task_id, rows.DONE)
    assert numbers.there == [1, 2, 3, 4, 5]


def test_the_same_kind_of_action_runs_once_at_a_time_and_replaces_a_plan_nobody_applied(
    stage: Stage, numbers: Numbers
) -> None:
    first = _start(stage)
    with pytest.raises(UnderWayError, match=f"Task {first}"):
        _start(stage)
    _until(stage, first, rows.PLANNED)
    second = _start(stage)
    assert task(stage, first).state == rows.CANCELLED
    assert second != first
    assert numbers.there == []


def test_a_plan_that_nobody_confirmed_waits_again_when_its_task_is_resumed_and_not_beside_its_like(
    stage: Stage, numbers: Numbers
) -> None:
    first = _until(stage, _start(stage), rows.PLANNED).id
    task_commands.cancel(stage.runtime, first, "ann")
    task_commands.resume(stage.runtime, first, "ann")
    assert task(stage, first).state == rows.PLANNED
    task_commands.cancel(stage.runtime, first, "ann")
    second = _start(stage)
    with pytest.raises(UnderWayError, match=f"Task {second}"):
        task_commands.resume(stage.runtime, first, "ann")
    assert numbers.there == []


def test_a_bug_fails_the_task_and_its_requeued_job_goes_on_where_it_was(
    stage: Stage, numbers: Numbers, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers.troubles[4] = ZeroDivisionError("a bug")
    task_id = _start(stage, confirmed=True)
    task = _until(stage, task_id, rows.FAILED)
    assert task.reason == "ZeroDivisionError: a bug"
    monkeypatch.setattr(jobs, "_gave_up_before", lambda: True)
    jobs.work_on_task(task_id)
    _until(stage, task_id, rows.DONE)
    assert numbers.there == [1, 2, 3, 4, 5]


def test_old_tasks_are_forgotten_with_their_rows_and_living_ones_stay(stage: Stage, numbers: Numbers) -> None:
    ended = _start(stage, confirmed=True)
    _until(stage, ended, rows.DONE)
    waiting = _until(stage, _start(stage), rows.PLANNED).id
    with stage.runtime.write() as (session, moment):
        rows.forget(session, moment, days=-1)
    assert [row.task for row in views.tasks(stage.runtime, limit=9)] == [waiting]
    assert changes(stage, ended) == []
    assert numbers.there == [1, 2, 3, 4, 5]
