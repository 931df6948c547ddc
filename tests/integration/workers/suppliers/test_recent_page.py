"""A page of suppliers is read for those alone that wait because of events."""

from __future__ import annotations

from store.records import SUPPLIER, Record
from tests import rows
from workers import sync
from workers.runtime import Runtime
from workers.suppliers import recent_page


def test_a_supplier_that_a_person_asks_for_after_its_job_has_begun_is_looked_at_by_itself(runtime: Runtime) -> None:
    connection = rows.connected(runtime.store)
    record_id = rows.record(runtime.store, connection, "9001", kind=SUPPLIER, scope=connection, only_events=True)
    work = sync.claim(runtime, record_id, afresh=False)
    assert work is not None
    rows.change(runtime.store, Record, record_id, only_events=False, requested_by_person=True)
    assert not recent_page.is_idle_on_page(work)
