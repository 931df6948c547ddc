"""The calls of a process: each is written into the history once, whatever becomes of the transaction that was to write it."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import select

from outbound.session import Call
from store.history import CallRow
from workers.runtime import Runtime


def call(path: str) -> Call:
    """Return an answered call."""
    return Call(
        service="Precoro", method="GET", path=path, request_id=None, status=200, code=None, tid=None, duration_ms=5,
        metered=True, writes=False, answered=True, outcome="ok", landed="no",
    )  # fmt: skip


def test_a_call_of_a_transaction_that_was_rolled_back_is_written_beside_what_others_wrote_meanwhile(
    runtime: Runtime,
) -> None:
    runtime.note_call("1", call("/invoices/1"))
    with suppress(LookupError), runtime.write() as (session, _):
        session.flush()
        raise LookupError
    other = Runtime(runtime.settings)
    other.note_call("1", call("/invoices/2"))
    other.keep_calls()
    other.close()
    runtime.keep_calls()
    with runtime.read() as (session, _):
        assert session.scalars(select(CallRow.path).order_by(CallRow.id)).all() == ["/invoices/2", "/invoices/1"]
