"""A page of recent changes costs one look at what waits, however much has ever been sent and however much waits."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from store.records import INVOICE, SUPPLIER, SYNCED, Record
from tests import rows
from tests.integration.workers.query_plans import steps
from tests.one_worker import work_off
from tests.stage import Stage
from workers.records.recent_page import waiting_with
from workers.runtime import Runtime

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}


@contextmanager
def loaded_records() -> Iterator[set[int]]:
    """Collect the ids of the records that are loaded meanwhile."""
    ids: set[int] = set()

    def note(record: Record, _: object) -> None:
        ids.add(record.id)

    event.listen(Record, "load", note)
    try:
        yield ids
    finally:
        event.remove(Record, "load", note)


def test_of_many_that_wait_only_the_first_looks_at_the_others(stage: Stage) -> None:
    numbers = range(800, 806)
    invoices = [stage.approved(number=f"INV-{n}", invoiceNumber=f"S-{n}", lines=[PAPER]) for n in numbers]
    while stage.is_webhook_pending():
        time.sleep(0.01)
    stage.runtime.dispatch()
    ids = {stage.record(invoice).id for invoice in invoices}
    looked_at = []
    for _ in range(3):
        with loaded_records() as loaded:
            work_off(stage.runtime, most=1)
        looked_at.append(loaded & ids)
    assert looked_at[0] == ids
    assert [len(others) for others in looked_at[1:]] == [1, 1]
    stage.settle()
    assert len(stage.bills()) == len(numbers)


def test_what_waits_is_found_without_going_through_all_that_was_sent(runtime: Runtime) -> None:
    connection = rows.connected(runtime.store)
    for kind in (INVOICE, SUPPLIER):
        record_id = rows.record(runtime.store, connection, "1", kind=kind, state=SYNCED)
        with runtime.read() as (session, _):
            record = session.get_one(Record, record_id)

            def waiting(record: Record = record) -> list[Record]:
                with runtime.read() as (session, _):
                    return list(waiting_with(session, record))

        of_records = [step for step in steps(runtime, waiting) if " records " in step]
        assert of_records == ["SEARCH records USING INDEX records_requested (connection_id=? AND kind=?)"]
