"""Long actions on their pages: a plan is looked at, applied, cancelled and kept."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from store.users import UserSession
from tests.integration.console.conftest import Visitor, without_token
from tests.stage import REALM, Stage
from workers.connections import connect
from workers.lists import mirror as lists
from workers.suppliers import import_from_quickbooks
from workers.tasks import commands, views

People = Callable[..., Visitor]
SLUG = "widgets-inc"
SCRIPT = '<img src=x onerror="document.title=1">\u202e'
TASKS = f"/c/{SLUG}/tasks"


@pytest.fixture
def planned(stage: Stage) -> int:
    """Return the number of an import of all lists that waits for a person."""
    task = begun(stage)
    stage.until(lambda: views.task(stage.runtime, task).state == "planned", "the plan")
    return task


def begun(stage: Stage) -> int:
    """Begin an import of all lists."""
    arguments = lists.arguments(stage.runtime, SLUG, [], "all")
    return commands.start(stage.runtime, SLUG, lists.IMPORT, arguments, "ann")


def test_a_page_refreshes_itself_until_the_plan_is_there(stage: Stage, people: People) -> None:
    task = begun(stage)
    visitor = people("viewer")
    assert f'hx-get="{TASKS}/{task}/progress"' in visitor.get(f"{TASKS}/{task}").text
    answer = visitor.get(f"{TASKS}/{task}/progress")
    assert ("HX-Refresh" in answer.headers, "Reading both companies" in answer.text) == (False, True)
    stage.until(lambda: views.task(stage.runtime, task).state == "planned", "the plan")
    assert visitor.get(f"{TASKS}/{task}/progress").headers["HX-Refresh"] == "true"
    assert "hx-get" not in visitor.get(f"{TASKS}/{task}").text


def test_a_task_whose_connection_ended_says_so_and_offers_to_connect_again(stage: Stage, people: People) -> None:
    task = begun(stage)
    connect.disconnect(stage.runtime, SLUG, "ann")
    visitor = people("admin")
    for path in ("", "/progress"):
        page = visitor.get(f"{TASKS}/{task}{path}").text
        assert f"It waits. {SLUG} is disconnected from QuickBooks." in page
        assert "Connect it again." in page
    assert f"{SLUG} is disconnected from QuickBooks." in visitor.get(TASKS).text


def test_a_page_that_refreshes_itself_keeps_nobody_signed_in(stage: Stage, people: People) -> None:
    task = begun(stage)
    visitor = people("viewer")
    for seconds, path in ((1790, ""), (1790, "/progress"), (1801, "/progress")):
        with stage.runtime.write() as (session, moment):
            last = update(UserSession).values(seen_at=moment - timedelta(seconds=seconds))
            session.execute(last)
        answer = visitor.get(f"{TASKS}/{task}{path}", headers={"HX-Request": "true"} if path else {})
        assert answer.status_code == (200 if seconds < 1800 else 401)
        assert (last_used(stage) > moment - timedelta(seconds=60)) == (path == "")


def last_used(stage: Stage) -> datetime:
    """Return when the only session was used last."""
    with stage.runtime.read() as (session, _):
        return session.scalars(select(UserSession.seen_at)).one()


def test_a_plan_is_looked_at_with_what_it_costs_and_applied(stage: Stage, people: People, planned: int) -> None:
    visitor = people("accountant")
    page = visitor.get(f"{TASKS}/{planned}").text
    assert "Nothing is changed yet." in page
    assert "calls to Precoro" in page
    assert ">Apply " in page
    assert "as soon as a worker is free." in visitor.follow(f"{TASKS}/{planned}/apply")
    stage.until(lambda: views.task(stage.runtime, planned).state == "done", "the end")
    page = visitor.get(f"{TASKS}/{planned}").text
    assert "What came of it" in page
    assert re.search(r"<dt>\w+ applied</dt>", page)
    assert "Import lists" in visitor.get(TASKS).text


def test_who_only_looks_gets_no_button(people: People, planned: int) -> None:
    page = people("viewer").get(f"{TASKS}/{planned}").text
    assert f"{planned}/apply" not in page
    assert f"{planned}/cancel" not in page


def test_a_cancelled_plan_waits_again_once_somebody_goes_on_with_it(people: People, planned: int) -> None:
    visitor = people("admin")
    assert "It is cancelled." in visitor.follow(f"{TASKS}/{planned}/cancel")
    assert "so it cannot be applied. See what it has done." in visitor.follow(f"{TASKS}/{planned}/apply")
    page = visitor.follow(f"{TASKS}/{planned}/resume")
    assert "It goes on where it was." in page
    assert ">Apply " in page


def test_every_row_is_a_file_that_no_browser_shows(stage: Stage, people: People, planned: int) -> None:
    answer = people("viewer").get(f"{TASKS}/{planned}/rows.csv")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="task-{planned}.csv"'
    rows = list(csv.DictReader(answer.text.splitlines()))
    assert len(rows) == sum(views.task(stage.runtime, planned).plan.values())


@pytest.mark.parametrize("path", ["", "/progress", "/rows.csv"])
def test_a_task_of_another_connection_is_not_there(people: People, planned: int, path: str) -> None:
    visitor = people("admin")
    theirs = visitor.get(f"/c/gadgets/tasks/{planned}{path}")
    assert theirs.status_code == 404
    assert without_token(theirs) == without_token(visitor.get(f"/c/gadgets/tasks/999{path}"))


@pytest.mark.parametrize("act", ["apply", "cancel", "resume"])
def test_a_task_of_another_connection_is_left_alone(stage: Stage, people: People, planned: int, act: str) -> None:
    people("admin").post(f"/c/gadgets/tasks/{planned}/{act}")
    assert views.task(stage.runtime, planned).state == "planned"


def test_names_that_are_scripts_are_shown_as_they_are(stage: Stage, people: People) -> None:
    stage.quickbooks.post(f"vendor?realm={REALM}", DisplayName=SCRIPT)
    task = commands.start(stage.runtime, SLUG, import_from_quickbooks.NAME, {}, SCRIPT)
    stage.until(lambda: views.task(stage.runtime, task).state == "planned", "the plan")
    visitor = people("viewer")
    for path in ("", f"/{task}"):
        page = visitor.get(f"{TASKS}{path}").text
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page
        assert "\u202e" not in page
