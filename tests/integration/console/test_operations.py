"""Operations: one connection, the whole installation, failed jobs, events and the history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from rq.job import JobStatus
from rq.registry import FailedJobRegistry
from sqlalchemy import select, update

from store import history
from store.events import Event
from store.job import RECORD_JOB
from store.users import UserSession
from tests.integration.console.conftest import Visitor
from tests.integration.console.test_account import enrol
from tests.stage import Stage
from workers.connections import commands as connection_commands
from workers.connections import views as connection_views
from workers.ops import views
from workers.origins import FROM_COMMAND_LINE
from workers.runtime import Runtime
from workers.users import commands

People = Callable[..., Visitor]
PAPER = {"name": "Paper", "quantity": 4, "price": "135.00", "account": "Office Supplies"}


def fail(runtime: Runtime) -> str:
    """Let a job have failed; returns its id."""
    job = runtime.queue.enqueue(RECORD_JOB, 7, description="invoice 203")
    runtime.queue.remove(job)
    job.set_status(JobStatus.FAILED)
    FailedJobRegistry(queue=runtime.queue).add(job, 3600)
    name: str = job.id
    return name


def test_a_connection_is_paused_and_resumed(stage: Stage, people: People) -> None:
    otto = people("operator")
    page = otto.get("/c/widgets-inc/operations").text
    assert "Nothing failed." in page
    assert "QuickBooks" in page
    assert "widgets-inc is paused." in otto.follow("/c/widgets-inc/operations/pause")
    assert connection_views.connection(stage.runtime, "widgets-inc").state == "paused"
    assert "widgets-inc goes on." in otto.follow("/c/widgets-inc/operations/resume")
    assert connection_views.connection(stage.runtime, "widgets-inc").state == "connected"


def test_events_are_shown_and_those_that_are_ticked_replayed(stage: Stage, people: People) -> None:
    stage.approved(lines=[PAPER])
    stage.settle()
    otto = people("operator")
    assert "invoice:" in otto.get("/c/widgets-inc/events?source=precoro").text
    with stage.runtime.read() as (session, _):
        (event, *_) = session.scalars(select(Event.id).where(Event.source == "precoro"))
    assert "Replayed 1 event: 1 document" in otto.follow("/c/widgets-inc/events/replay", event=[event])
    assert "No event was ticked." in otto.follow("/c/widgets-inc/events/replay")
    stage.settle()
    assert len(stage.bills()) == 1


def test_the_history_of_a_connection_says_who_did_what(people: People) -> None:
    otto = people("operator")
    otto.get("/account")
    otto.follow("/c/widgets-inc/operations/pause")
    page = otto.get("/c/widgets-inc/history").text
    assert "pause" in page
    assert "otto" in page


def test_the_history_shows_details_as_people_write_them(stage: Stage, people: People) -> None:
    before = {"role": "viewer", "connections": ["widgets-inc", "widgets-uk-ltd"], "is_active": True}
    with stage.runtime.write() as (session, moment):
        history.note(session, moment, "ann", "change user", "bob", before=before, connection="widgets-inc")
    page = people("viewer").get("/c/widgets-inc/history").text
    assert "role: viewer, connections: widgets-inc, widgets-uk-ltd, is active: yes" in page


def test_a_failed_job_is_looked_at_and_replayed(visitor: Visitor) -> None:
    visitor.sign_in("operator")
    job = fail(visitor.runtime)
    assert "invoice 203" in visitor.get("/operations").text
    visitor.get(f"/operations/jobs/{job}")
    assert (
        "The job is queued again."
        in visitor.get(visitor.post(f"/operations/jobs/{job}/requeue").location.replace(f"/jobs/{job}", "")).text
    )
    assert visitor.runtime.queue.get_job_ids() == [job]
    assert visitor.get("/operations/jobs/no-such-job").status_code == 404


def test_jobs_of_all_connections_are_not_for_an_operator_of_some(console: Flask, visitor: Visitor) -> None:
    visitor.sign_in("operator", "widgets")
    job = fail(visitor.runtime)
    page = visitor.get("/operations").text
    assert "invoice 203" not in page
    assert "gadgets" not in page
    assert visitor.get(f"/operations/jobs/{job}").status_code == 403
    assert visitor.post("/operations/dashboard").status_code == 403
    assert console


def test_a_button_leads_to_the_dashboard_with_a_link_that_works_there_once(console: Flask, visitor: Visitor) -> None:
    visitor.sign_in("operator")
    visitor.get("/operations")
    address = visitor.post("/operations/dashboard").location
    assert address.startswith(console.extensions["tieout"].settings.dashboard_address + "/start/")


def test_a_link_into_the_dashboard_opens_no_other_session_here(visitor: Visitor) -> None:
    visitor.sign_in("operator")
    link = visitor.post("/operations/dashboard").location.rpartition("/")[2]
    assert visitor.get(f"/start/{link}").status_code == 403
    assert visitor.post(f"/start/{link}").status_code == 403


def test_the_way_into_the_dashboard_needs_the_password_again(visitor: Visitor) -> None:
    visitor.sign_in("admin")
    enrol(visitor)
    with visitor.runtime.write() as (session, moment):
        session.execute(update(UserSession).values(proved_at=moment - timedelta(minutes=6)))
    assert visitor.post("/operations/dashboard").location == "/account/prove"


def test_a_filter_of_the_address_never_becomes_more_than_a_filter_of_the_next_page(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.filters.PAGE", 1)
    answer = visitor.sign_in("admin").get("/history?endpoint=x&_scheme=javascript&_external=1")
    assert answer.status_code == 200
    assert 'href="/history?endpoint=x&amp;_scheme=javascript&amp;_external=1&amp;before=' in answer.text


@pytest.mark.parametrize("page", ["documents", "events"])
def test_a_list_opens_whatever_its_address_names(visitor: Visitor, page: str) -> None:
    answer = visitor.sign_in("admin").get(f"/c/widgets/{page}?endpoint=x&_scheme=javascript&_external=1")
    assert answer.status_code == 200
    assert "javascript:" not in answer.text


def test_only_an_administrator_sees_who_signed_in(console: Flask, visitor: Visitor) -> None:
    visitor.sign_in("admin")
    assert "sign in by link" in visitor.get("/history").text
    commands.add(visitor.runtime, "vera", "viewer", "test")
    vera = Visitor(console, visitor.runtime)
    vera.start(commands.new_link(visitor.runtime, "vera", "test"))
    assert vera.get("/history").status_code == 403


def test_the_history_says_from_where_somebody_acted_and_tells_people_of_one_name_apart(
    stage: Stage, people: People
) -> None:
    otto = people("operator")
    otto.get("/c/widgets-inc/operations")
    otto.follow("/c/widgets-inc/operations/pause")
    stage.runtime.origin = FROM_COMMAND_LINE
    connection_commands.resume(stage.runtime, "widgets-inc", "otto")
    resumed, paused = views.actions(stage.runtime, "widgets-inc", limit=2)
    assert (resumed.who, resumed.place, resumed.address, resumed.session_id) == ("otto", "command line", None, None)
    assert (paused.who, paused.place, paused.address) == ("otto", "console", "127.0.0.1")
    assert paused.session_id is not None
    page = otto.get("/c/widgets-inc/history").text
    assert 'otto <span class="hint">command line</span>' in page
    assert 'otto <span class="hint">console</span>' in page  # an address is for those who manage users
    assert f"console, 127.0.0.1, session {paused.session_id}" in people("admin").get("/history").text
