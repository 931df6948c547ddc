"""`tieout tasks`: a long action shows its plan, is applied, cancelled and kept as a table."""

from __future__ import annotations

import csv
import io

import simplejson

from tests.integration.cli.conftest import Tieout
from tests.stage import Stage
from workers.connections import connect
from workers.lists import mirror as lists
from workers.lookup import find_task
from workers.tasks import commands as task_commands

SLUG = "widgets-inc"


def _planned(stage: Stage) -> int:
    """Plan an import of all lists, as `tieout lists import --dry-run` does."""
    arguments = lists.arguments(stage.runtime, SLUG, [], "all")
    task_id = task_commands.start(stage.runtime, SLUG, lists.IMPORT, arguments, "ann")
    stage.until(lambda: _state(stage, task_id) == "planned", "the plan")
    return task_id


def _state(stage: Stage, task_id: int) -> str:
    with stage.runtime.read() as (session, _):
        return find_task(session, task_id).state


def test_a_plan_is_shown_with_its_cost_and_changes_nothing(stage: Stage, tieout: Tieout) -> None:
    stage.settle()
    stage.precoro.delete("requests")
    task_id = _planned(stage)
    shown = tieout("tasks", "show", str(task_id), "--all")
    assert shown.exit_code == 0, shown.output
    assert "planned" in shown.output
    assert "Calls: Precoro" in shown.output
    assert [request for request in stage.precoro.get("requests") if request["method"] != "GET"] == []


def test_a_plan_is_applied_without_any_worker_and_its_summary_kept_as_a_table(stage: Stage, tieout: Tieout) -> None:
    task_id = _planned(stage)
    applied = tieout("tasks", "apply", str(task_id))
    assert applied.exit_code == 0, applied.output
    assert f"Task {task_id} is done." in applied.output
    rows = list(csv.DictReader(io.StringIO(tieout("tasks", "summary", str(task_id)).stdout)))
    assert {row["state"] for row in rows if row["what"] not in {"unchanged", "problem"}} == {"applied"}
    listed = simplejson.loads(tieout("tasks", "list", "--json").stdout)
    assert [(row["task"], row["state"], row["who"]) for row in listed] == [(task_id, "done", "ann")]


def test_a_cancelled_plan_is_no_longer_applied_until_it_is_resumed(stage: Stage, tieout: Tieout) -> None:
    task_id = _planned(stage)
    assert tieout("tasks", "cancel", str(task_id)).exit_code == 0
    refused = tieout("tasks", "apply", str(task_id))
    assert (refused.exit_code, "is cancelled" in refused.output) == (1, True)
    resumed = tieout("tasks", "resume", str(task_id))
    assert (resumed.exit_code, _state(stage, task_id)) == (0, "planned"), resumed.output
    assert tieout("tasks", "apply", str(task_id)).exit_code == 0
    assert _state(stage, task_id) == "done"


def test_a_task_that_does_not_exist_is_said_to_be_none(stage: Stage, tieout: Tieout) -> None:
    assert stage.runtime.settings
    missing = tieout("tasks", "show", "77")
    assert (missing.exit_code, "There is no task 77" in missing.output) == (3, True)


def test_what_was_asked_for_and_cannot_be_done_is_said_and_ends_with_1(stage: Stage, tieout: Tieout) -> None:
    """Multicurrency is off, so no currency can be added."""
    assert stage.runtime
    done = tieout("currencies", "add", "EUR", "--yes")
    assert (done.exit_code, "Multicurrency" in done.output or "multicurrency" in done.output) == (1, True), done.output
    assert "Nothing was done: 1 problem." in done.stderr


def test_a_task_whose_connection_ended_meanwhile_says_how_to_go_on_and_ends_no_sooner(
    stage: Stage, tieout: Tieout
) -> None:
    task_id = _planned(stage)
    connect.disconnect(stage.runtime, SLUG, "ann")
    applied = tieout("tasks", "apply", str(task_id))
    remedy = f"{SLUG} is disconnected from QuickBooks. Connect it again: tieout connections reconnect {SLUG}"
    assert (applied.exit_code, f"Task {task_id} waits. {remedy}" in applied.output) == (1, True), applied.output
    [row] = simplejson.loads(tieout("tasks", "list", "--json").stdout)
    assert (row["state"], row["goes_on_at"]) == ("applying", None)
    assert row["waits_for"] == remedy
    assert remedy in tieout("tasks", "show", str(task_id)).stdout
