"""Failed jobs from the command line."""

from __future__ import annotations

from unittest.mock import patch

import pytest
import simplejson

from tests.integration.cli.conftest import Tieout
from tests.stage import Stage

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}


@pytest.mark.usefixtures("stage")
def test_no_failed_job_is_said_so(tieout: Tieout) -> None:
    done = tieout("jobs", "failed")
    assert (done.exit_code, done.stderr) == (0, "No job has failed.\n")
    assert tieout("jobs", "requeue", "no-such-job").exit_code == 3


def test_a_failed_job_is_listed_and_requeued(stage: Stage, tieout: Tieout) -> None:
    invoice = stage.approved(number="INV-201", lines=[PAPER])
    stage.settle()
    record = stage.record(invoice)
    stage.runtime.queue.enqueue("workers.jobs.no_such_job", record.id, job_id="invoice-201-broken")
    stage.tick()
    rows = simplejson.loads(tieout("jobs", "failed", "--json").stdout)
    assert [row["id"] for row in rows] == ["invoice-201-broken"]
    assert "invoice-201-broken does not come from Tieout" in rows[0]["error"]
    assert tieout("jobs", "requeue", "--all").exit_code == 0
    assert stage.runtime.queue.job_ids == ["invoice-201-broken"]


def test_a_failed_job_is_shown_with_its_traceback_and_its_document(stage: Stage, tieout: Tieout) -> None:
    invoice = stage.approved(number="INV-202", lines=[PAPER])
    with patch("workers.documents.kind.Documents.plan", side_effect=KeyError("Id")):
        stage.settle()
    [row] = simplejson.loads(tieout("jobs", "failed", "--json").stdout)
    job = simplejson.loads(tieout("jobs", "show", row["id"], "--json").stdout)
    assert (job["record"], job["connection"], job["error"]) == (
        f"invoice:{invoice['idn']}",
        "widgets-inc",
        "KeyError: 'Id'",
    )
    assert job["traceback"].startswith("Traceback")
    assert "read_plan_apply" in tieout("jobs", "show", row["id"]).stdout
    assert tieout("jobs", "show", "no-such-job").exit_code == 3


def test_a_job_of_somebody_else_is_about_no_record(stage: Stage, tieout: Tieout) -> None:
    stage.runtime.queue.enqueue("workers.jobs.no_such_job", 1, job_id="broken")
    stage.tick()
    job = simplejson.loads(tieout("jobs", "show", "broken", "--json").stdout)
    assert (job["record"], job["connection"]) == (None, None)
