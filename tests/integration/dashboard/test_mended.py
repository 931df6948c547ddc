"""The RQ dashboard: who may see it, and every weakness of it that is known."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from redis import Redis
from rq.job import JobStatus
from rq.registry import FailedJobRegistry
from sqlalchemy import select

from dashboard.app import create_app
from store.history import ActionRow
from store.job import RECORD_JOB, TieoutJob
from tests.integration.console.conftest import Visitor, prepared
from tests.stores import reused_stores
from workers.runtime import Runtime
from workers.users import commands, sign_in
from workers.users.views import Role

SCRIPT = '<img src=x onerror="document.title=1">'
RAN: list[str] = []


class Bomb:
    """An object that runs code when it is unpickled."""

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        """Say what runs."""
        return RAN.append, ("CODE RAN",)


@pytest.fixture
def dashboard(tmp_path: Any, redis: Redis, redis_url: str) -> Iterator[Flask]:  # noqa: ARG001 - an empty Redis
    """Return the dashboard of a house."""
    settings = prepared(tmp_path, redis_url, TIEOUT_QBO_URL="http://127.0.0.1:9")
    with reused_stores():
        app = create_app(settings)
    yield app
    app.extensions["tieout"].close()


@pytest.fixture
def runtime(dashboard: Flask) -> Runtime:
    """Return the runtime of the house."""
    opened: Runtime = dashboard.extensions["tieout"].runtime
    return opened


@pytest.fixture
def failed(runtime: Runtime) -> str:
    """Return the id of a job that failed, whose description is a script."""
    job = runtime.queue.enqueue(RECORD_JOB, 7, description=SCRIPT)
    runtime.queue.remove(job)
    job.set_status(JobStatus.FAILED)
    FailedJobRegistry(queue=runtime.queue).add(job, 3600)
    name: str = job.id
    return name


def operator(dashboard: Flask, role: Role = "operator", *connections: str) -> Visitor:
    """Return somebody who came to the dashboard with a link from the console."""
    visitor = Visitor(dashboard, dashboard.extensions["tieout"].runtime)
    commands.add(visitor.runtime, "otto", role, "test", connections)
    assert visitor.start(commands.dashboard_link(visitor.runtime, "otto")).status_code == 303
    return visitor


def post(visitor: Visitor, path: str, **headers: str) -> Any:
    """Send what the scripts of rq-dashboard send, with the token that they read from its cookie."""
    visitor.get("/")
    cookie = visitor.client.get_cookie("_csrf_token")
    assert cookie
    return visitor.client.post(path, headers={**visitor.headers, "X-CSRFToken": cookie.value, **headers})


def json_of(visitor: Visitor, path: str) -> Any:
    """Return the JSON of an answer."""
    return visitor.get(path).json


def addresses(dashboard: Flask, job: str) -> Iterator[tuple[str, str]]:
    """Yield a method and an address of every rule of rq-dashboard."""
    values = {
        "instance_number": 0, "job_id": job, "queue_name": "tieout", "registry_name": "failed", "per_page": 8, "order": "asc",
        "page": 1, "filename": "css/main.css",
    }  # fmt: skip
    adapter = dashboard.url_map.bind("localhost")
    for rule in dashboard.url_map.iter_rules():
        if rule.endpoint.startswith("rq_dashboard."):
            address = adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments})
            yield from ((method, address) for method in sorted(rule.methods or ()) if method != "HEAD")


def test_nobody_sees_anything_without_coming_from_the_console(dashboard: Flask, failed: str) -> None:
    visitor = Visitor(dashboard, dashboard.extensions["tieout"].runtime)
    for method, address in addresses(dashboard, failed):
        answer = visitor.client.open(address, method=method, headers=visitor.headers)
        assert answer.status_code in {400, 401}, address
        assert failed not in answer.text


@pytest.mark.parametrize(("role", "connections"), [("viewer", ()), ("accountant", ()), ("operator", ("widgets",))])
def test_only_an_operator_of_all_connections_sees_it(
    dashboard: Flask, failed: str, role: Role, connections: tuple[str, ...]
) -> None:
    visitor = operator(dashboard, role, *connections)
    for method, address in addresses(dashboard, failed):
        if method == "GET":
            assert visitor.client.get(address, buffered=True).status_code == 403, address


def test_a_link_of_the_console_does_not_work_here(dashboard: Flask) -> None:
    visitor = operator(dashboard)
    link = commands.new_link(visitor.runtime, "otto", "test")
    assert visitor.get(f"/start/{link}").status_code == 403
    assert visitor.post(f"/start/{link}").status_code in {400, 403}


def test_a_session_of_the_dashboard_proves_nothing_in_the_console(dashboard: Flask) -> None:
    visitor = operator(dashboard, "admin")
    visitor.get("/")
    with visitor.client.session_transaction() as cookie:
        session = sign_in.signed_in(visitor.runtime, cookie["token"])
    assert session
    assert not session.proved


def test_an_operator_sees_queues_workers_and_jobs_in_json(dashboard: Flask, failed: str) -> None:
    visitor = operator(dashboard)
    for path in (
        "/",
        "/0/view/workers",
        "/0/view/jobs",
        f"/0/view/job/{failed}",
        "/0/data/queues.json",
        "/0/data/workers.json",
    ):
        assert visitor.get(path).status_code == 200, path
    assert json_of(visitor, f"/0/data/job/{failed}.json")["description"] == SCRIPT
    assert json_of(visitor, "/0/data/jobs/tieout/failed/8/asc/1.json")["jobs"][0]["id"] == failed


@pytest.mark.parametrize("path", ["/", "/0/view/workers", "/0/view/jobs"])
def test_no_template_writes_a_value_into_the_page_as_it_is(dashboard: Flask, path: str) -> None:
    page = operator(dashboard).get(path).text
    assert "<%-" in page
    assert "<%=" not in page


def test_a_pickled_job_runs_no_code(dashboard: Flask, runtime: Runtime, failed: str) -> None:
    for field in ("meta", "data"):
        runtime.redis.hset(f"rq:job:{failed}", field, pickle.dumps(Bomb()))
    visitor = operator(dashboard)
    visitor.get(f"/0/view/job/{failed}")
    visitor.get(f"/0/data/job/{failed}.json")
    visitor.get("/0/data/jobs/tieout/failed/8/asc/1.json")
    post(visitor, f"/job/{failed}/delete")
    assert RAN == []


def test_nothing_is_changed_by_get(dashboard: Flask, runtime: Runtime, failed: str) -> None:
    visitor = operator(dashboard)
    assert visitor.get("/requeue/tieout").status_code == 405
    assert failed in FailedJobRegistry(queue=runtime.queue)


def test_a_change_without_the_token_is_refused(dashboard: Flask, failed: str) -> None:
    visitor = operator(dashboard)
    for method, address in addresses(dashboard, failed):
        if method == "POST":
            assert visitor.client.post(address, headers=visitor.headers).status_code == 400, address
            assert post(visitor, address, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403, address


def test_a_job_is_replayed_and_the_history_says_by_whom(dashboard: Flask, runtime: Runtime, failed: str) -> None:
    visitor = operator(dashboard)
    assert post(visitor, f"/job/{failed}/requeue").json == {"status": "OK"}
    assert failed not in FailedJobRegistry(queue=runtime.queue)
    assert runtime.queue.get_job_ids() == [failed]
    with runtime.read() as (session, _):
        action = session.scalars(select(ActionRow).where(ActionRow.action == "requeue")).one()
    assert (action.who, action.subject) == ("otto", failed)


def test_all_failed_jobs_are_replayed_at_once(dashboard: Flask, runtime: Runtime, failed: str) -> None:
    answer = post(operator(dashboard), "/requeue/tieout")
    assert answer.json == {"count": 1, "status": "OK"}
    assert runtime.queue.get_job_ids() == [failed]


@pytest.mark.parametrize(
    "path", ["/job/{}/delete", "/queue/tieout/failed/empty", "/queue/tieout/queued/empty", "/queue/tieout/compact"]
)
def test_nothing_is_deleted(dashboard: Flask, runtime: Runtime, failed: str, path: str) -> None:
    assert post(operator(dashboard), path.format(failed)).status_code == 403
    assert TieoutJob.exists(failed, connection=runtime.redis)


@pytest.mark.parametrize(
    "path",
    [
        "/0/view/job/no-such-job", "/0/data/job/no-such-job.json", "/9/view/workers", "/0/data/jobs/tieout/nothing/8/asc/1.json",
        "/0/data/jobs/tieout/failed/0/asc/1.json", "/0/data/jobs/tieout/failed/-5/asc/1.json",
        "/0/data/jobs/tieout/failed/8/asc/0.json", "/0/data/jobs/tieout/failed/8/asc/99999999999999999999.json",
        "/0/view/jobs/tieout/failed/8/asc/99999999999999999999", "/0/view/jobs/tieout/failed/8/alert/1",
        "/0/view/jobs/tieout/alert/8/asc/1", "/0/data/jobs/tieout/failed/1000000000/asc/1.json", "/0/view/jobs/tieout/failed/1000/asc/1", "/0/data/jobs/tieout/failed/x/asc/1.json",
    ],
)  # fmt: skip
def test_what_there_is_not_or_is_too_much_is_not_found(dashboard: Flask, path: str) -> None:
    assert operator(dashboard).get(path).status_code == 404


def test_another_host_is_refused(dashboard: Flask) -> None:
    answer = Visitor(dashboard, dashboard.extensions["tieout"].runtime).get("/", base_url="http://evil.example")
    assert answer.status_code == 400
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_an_error_of_ours_is_no_missing_job_and_its_log_holds_no_token(
    dashboard: Flask, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(**_: str) -> str:
        raise LookupError("of ours")

    monkeypatch.setitem(dashboard.view_functions, "start_page", fail)
    answer = Visitor(dashboard, dashboard.extensions["tieout"].runtime).get("/start/a-secret-token")
    assert answer.status_code == 500
    assert "it is in the log under" in answer.text
    assert "a-secret-token" not in "".join(capsys.readouterr())


def test_it_has_one_connection_to_redis_and_shows_no_address_of_it(dashboard: Flask, runtime: Runtime) -> None:
    visitor = operator(dashboard)
    for _ in range(3):
        page = visitor.get("/0/view/workers").text
    assert dashboard.redis_conn is runtime.redis  # type: ignore[attr-defined]
    assert not re.search(r"rediss?://|unix://", page)


def test_its_cookie_and_its_policy_are_its_own(dashboard: Flask) -> None:
    port = dashboard.extensions["tieout"].settings.port("dashboard")
    assert dashboard.config["SESSION_COOKIE_NAME"] == f"tieout-rq-{port}"
    headers = operator(dashboard).get("/").headers
    assert "'unsafe-inline'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
