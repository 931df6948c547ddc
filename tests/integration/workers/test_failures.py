"""A job that gives up stands in RQ's failed registry, and requeueing it there does the right thing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rq.registry import FailedJobRegistry

from tests.stage import SPEED, Stage, house
from workers.catch_up import catch_up
from workers.documents import kind
from workers.ops import doctor

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}
BILL = {"method": "POST", "path": "/v3/company/9130001/bill"}
ALWAYS_STALE = {"match": BILL, "fault": "stale", "times": 1000}


@pytest.fixture
def stage(tmp_path: Path, redis_url: str) -> Iterator[Stage]:
    """Return a connected house in which a record is tried three times within a second."""
    with house(tmp_path, redis_url, TIEOUT_RETRY_WAITS="6,12") as opened:
        opened.begin_connected()
        yield opened


def failed_jobs(stage: Stage) -> list[str]:
    return list(FailedJobRegistry(queue=stage.runtime.queue).get_job_ids())


def test_a_record_whose_attempts_are_used_up_fails_under_a_readable_name_and_its_requeued_job_sends_it(
    stage: Stage,
) -> None:
    stage.quickbooks.post("faults", **ALWAYS_STALE)
    invoice = stage.approved(number="INV-400", invoiceNumber="S-400", lines=[PAPER])
    stage.until_state(invoice, "failed")
    [job_id] = failed_jobs(stage)
    job = stage.runtime.queue.fetch_job(job_id)
    assert job is not None
    assert job_id.startswith(f"invoice-{invoice['idn']}-")
    assert "GaveUpError" in str(job.latest_result().exc_string)  # type: ignore[union-attr]
    stage.quickbooks.delete("faults")
    FailedJobRegistry(queue=stage.runtime.queue).requeue(job_id)
    stage.until_state(invoice, "synced")
    assert len(stage.bills()) == 1


def test_a_document_that_fails_as_a_bug_is_left_alone_until_it_tells_something_new(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a mistake of ours")

    with monkeypatch.context() as broken:
        broken.setattr(kind, "load_document", fail)
        invoice = stage.approved(number="INV-402", invoiceNumber="S-402", lines=[PAPER])
        stage.until_state(invoice, "failed")
        stage.tick()
        for _ in range(3):
            look(stage)
            stage.until(lambda: not is_due(stage, invoice), "nothing due")
        jobs = len(failed_jobs(stage))
        assert (look(stage), is_due(stage, invoice), len(failed_jobs(stage))) == (0, False, jobs)
        assert stage.record(invoice).number == "INV-402"
        [check] = [check for check in doctor.check_installation(stage.runtime) if check.name == "failed records"]
        assert check.sentence == f"Failed: invoice:{invoice['idn']}."
    stage.change(invoice, note="corrected")
    stage.until_state(invoice, "synced")


def look(stage: Stage) -> int:
    """Catch up, a minute after the last time: Precoro gives the same page once a minute."""
    time.sleep(61 / SPEED)
    return catch_up(stage.runtime, 1)


def is_due(stage: Stage, invoice: dict[str, Any]) -> bool:
    record = stage.record(invoice)
    return record.requested_version > record.handled_version


def test_an_outage_uses_up_no_attempts_and_rests_the_connection(stage: Stage) -> None:
    stage.quickbooks.post("faults", match=BILL, fault="503", times=3)
    invoice = stage.approved(number="INV-401", invoiceNumber="S-401", lines=[PAPER])
    stage.until_state(invoice, "synced")
    assert stage.record(invoice).attempts == 0
    assert len(stage.bills()) == 1
    assert failed_jobs(stage) == []
