"""What the metrics say of an installation, and what they never say."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from rq.job import JobStatus
from rq.registry import FailedJobRegistry

from mappers.alerts.cause import ALERT_KINDS
from metrics import collector
from store import duties
from store.alerts import AlertRow, Channel
from store.companies import PrecoroCompany, QboCompany
from store.job import RECORD_JOB
from tests import rows
from tests.integration.metrics.conftest import FACTS, TOKEN
from tests.rows import FERNET_KEY, LONG_AGO, REALM, SECRET
from workers.clients import precoro_quota
from workers.lookup import connection_named
from workers.runtime import Runtime

GUIDE = Path(__file__).parents[3] / "docs" / "howto" / "watch.md"
NAMES = (
    "widgets", "gadgets", "ann@", REALM, SECRET, FERNET_KEY, TOKEN, "precoro-key", "access-1", "refresh-1",
    FACTS["supplier"], FACTS["number"], "4711", "alice",
)  # fmt: skip
"""What is nobody's business who only watches."""


@pytest.fixture
def runtime(metrics: Flask) -> Runtime:
    """Return the runtime of the application."""
    opened: Runtime = metrics.extensions["tieout"]
    return opened


def scrape(metrics: Flask) -> str:
    """Return what Prometheus reads."""
    answer = metrics.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200, answer.text
    return answer.text


def values(metrics: Flask) -> dict[str, float]:
    """Return every value by the name of its metric and its labels, such as `jobs failed`."""
    return {
        " ".join([sample.name.removeprefix("tieout_"), *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(scrape(metrics))
        for sample in family.samples
    }


def test_an_engineer_sees_what_waits_and_since_when(metrics: Flask) -> None:
    current = values(metrics)
    assert (current["records_due"], current["oldest_due_timestamp_seconds"]) == (1, LONG_AGO.timestamp())
    states = {state: current[f"connections {state}"] for state in collector.STATES}
    assert states == {"connected": 1, "disconnected": 0, "paused": 1}
    assert current["tasks_under_way"] == 0


def test_an_engineer_sees_who_works_and_what_failed(metrics: Flask, runtime: Runtime) -> None:
    before = values(metrics)
    assert "clock_last_tick_timestamp_seconds" not in before
    assert (before["workers"], before["duties_in_trouble"], before["jobs failed"]) == (0, 0, 0)
    with runtime.write() as (session, moment):
        duties.begin(session, duties.TICK, moment, 0)
        duties.begin(session, duties.worker("here", 1), moment, 0)
        duties.begin(session, "retention", moment, 0)
        duties.note_trouble(session, "retention", "ValueError")
    job = runtime.queue.create_job(RECORD_JOB, args=(1,))
    job.save()
    job.set_status(JobStatus.FAILED)
    FailedJobRegistry(queue=runtime.queue).add(job, 3600)
    after = values(metrics)
    assert after["clock_last_tick_timestamp_seconds"] == pytest.approx(moment.timestamp())
    assert (after["workers"], after["duties_in_trouble"]) == (1, 1)
    assert (after["jobs queued"], after["jobs failed"]) == (0, 1)


def alert(runtime: Runtime) -> None:
    """Let two causes be there and one be over, and a channel fail."""
    with runtime.write() as (session, moment):
        held = {"kind": "held", "connection": "widgets", "sentence": "Acme Supply is not paired.", "page": "/"}
        for key, over in (("a", None), ("b", None), ("c", moment)):
            times = {"begun_at": moment, "told_at": moment, "solved_at": over}
            session.add(AlertRow(key=f"held:{key}", records=12, amounts={}, **held, **times))
        channel = {"name": "alice", "address": "mailto://alice", "title": "mail", "created_at": moment}
        session.add(Channel(**channel, failing_since=moment, failure="refused"))


def test_an_engineer_sees_what_a_person_is_needed_for_with_every_kind_at_all_times(
    metrics: Flask, runtime: Runtime
) -> None:
    alert(runtime)
    current = values(metrics)
    assert {kind: current[f"alerts {kind}"] for kind in ALERT_KINDS} == {**dict.fromkeys(ALERT_KINDS, 0), "held": 2}
    assert (current["alert_records held"], current["alert_channels_failing"]) == (24, 1)
    assert current["alert_messages_waiting"] == 0


def test_an_engineer_sees_when_each_service_was_last_heard(metrics: Flask, runtime: Runtime) -> None:
    with runtime.write() as (session, moment):
        for number, ago in enumerate((timedelta(minutes=5), timedelta(minutes=1))):
            session.get_one(PrecoroCompany, number + 1).last_event_at = moment - ago
    current = values(metrics)
    assert current["last_event_timestamp_seconds precoro"] == pytest.approx((moment - ago).timestamp())
    assert "last_event_timestamp_seconds quickbooks" not in current


def test_an_engineer_sees_how_much_of_each_quota_the_busiest_company_has_used(metrics: Flask, runtime: Runtime) -> None:
    with runtime.read() as (session, _):
        company = connection_named(session, "widgets").precoro
    for number in range(6):
        precoro_quota(runtime, company).take(f"GET /invoices/{number}")
    current = values(metrics)
    assert current["quota_used_ratio precoro 60"] == pytest.approx(6 / runtime.settings.precoro_minute)
    assert current["quota_used_ratio precoro 86400"] == pytest.approx(6 / runtime.settings.precoro_day)
    assert current["quota_used_ratio quickbooks 60"] == 0


def test_no_metric_names_a_company_a_supplier_a_document_a_person_or_a_secret(metrics: Flask, runtime: Runtime) -> None:
    alert(runtime)
    text = scrape(metrics)
    assert [name for name in NAMES if str(name) in text] == []


def test_there_are_as_many_metrics_with_many_companies_as_with_few(metrics: Flask, runtime: Runtime) -> None:
    before = values(metrics).keys()
    for number in range(5):
        connection = rows.connected(runtime.store, f"company-{number}")
        rows.record(runtime.store, connection, f"{number}")
    assert values(metrics).keys() == before


def test_without_redis_what_the_database_knows_is_still_told(metrics: Flask, runtime: Runtime) -> None:
    runtime.redis.connection_pool.connection_kwargs.update(port=9)
    runtime.redis.connection_pool.disconnect()
    current = values(metrics)
    assert current["records_due"] == 1
    assert not {key for key in current if key.startswith(("jobs", "quota_used_ratio"))}


def test_the_docs_list_every_metric_and_no_other(metrics: Flask, runtime: Runtime) -> None:
    alert(runtime)
    with runtime.write() as (session, moment):
        duties.begin(session, duties.TICK, moment, 0)
        session.get_one(PrecoroCompany, 1).last_event_at = session.get_one(QboCompany, 1).changes_read_at = moment
    present = set(re.findall(r"^tieout_\w+", scrape(metrics), re.MULTILINE))
    assert set(re.findall(r"`(tieout_\w+)", GUIDE.read_text(encoding="utf-8"))) == present
