"""What failed for one reason is sent again once the reason is gone: in batches, and under the name of who asked for it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import select

from store.history import ActionRow
from store.records import Record
from tests import rows
from workers.attention import commands, views
from workers.runtime import Runtime

REASON = "KeyError: 'Id'"


@pytest.fixture
def failed(runtime: Runtime) -> Sequence[int]:
    """Keep five records that failed alike, and two that did not; return the ids of the five."""
    first, second = rows.connected(runtime.store), rows.connected(runtime.store, "gadgets")
    values = {"state": "failed", "handled_version": 1, "attempts": 4}
    rows.record(runtime.store, first, "100", reason="Another one.", **values)
    rows.record(runtime.store, second, "300", reason=REASON, **values)
    return [rows.record(runtime.store, first, f"{200 + number}", reason=REASON, **values) for number in range(5)]


def due(runtime: Runtime) -> list[int]:
    with runtime.read() as (session, _):
        return list(session.scalars(select(Record.id).where(Record.requested_version == 2, Record.attempts == 0)))


def test_all_of_a_cause_is_sent_again_in_batches(
    runtime: Runtime, failed: Sequence[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "BATCH", 2)
    assert views.waiting_count(runtime, "failed", REASON, "widgets") == 5
    assert list(commands.send_all(runtime, "widgets", "failed", REASON, "ann")) == [2, 4, 5]
    assert due(runtime) == failed
    with runtime.read() as (session, _):
        acts = session.scalars(select(ActionRow)).all()
    assert [(act.who, act.action, act.connection) for act in acts] == [("ann", "send", "widgets")] * 5
    assert acts[0].details == {"cause": "failed", "about": REASON}


def test_a_person_may_stop_between_two_batches(
    runtime: Runtime, failed: Sequence[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "BATCH", 2)
    progress = commands.send_all(runtime, "widgets", "failed", REASON, "ann")
    assert next(progress) == 2
    assert due(runtime) == failed[:2]
    assert views.waiting_count(runtime, "failed", REASON, "widgets") == 3
    assert commands.send_batch(runtime, "widgets", "failed", REASON, "ann") == failed[2:4]
