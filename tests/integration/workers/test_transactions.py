"""No transaction is open while a remote call runs: a slow service must not hold the database."""

from __future__ import annotations

from typing import Any

import pytest

from outbound.session import Session
from tests.stage import Stage

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}


def test_no_connection_to_the_database_is_in_use_while_a_service_is_called(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_use: list[tuple[str, int]] = []
    send = Session.send

    def watched(self: Session, request: Any, read: Any) -> Any:
        in_use.append((request.method, stage.runtime.store.engine.pool.checkedout()))  # type: ignore[attr-defined]
        return send(self, request, read)

    monkeypatch.setattr(Session, "send", watched)
    invoice = stage.approved(number="INV-700", invoiceNumber="S-700", lines=[PAPER])
    stage.settle()
    stage.act(invoice, "cancel")
    stage.settle()
    assert {"GET", "POST", "PATCH"} <= {method for method, _ in in_use}
    assert {count for _, count in in_use} == {0}
