"""Documents that stand in QuickBooks, and what is planned for them, for the tests of every part of a plan."""

from __future__ import annotations

import copy
import dataclasses
from datetime import date
from decimal import Decimal
from typing import Any

from mappers.books import RecentEntity
from mappers.documents.document import Document
from mappers.documents.outcomes import Body, Plan, Read, Sent
from mappers.documents.plan import plan
from mappers.policy import Policy
from tests.unit.mappers.cases import POLICY, answer_of, invoice, made, sent_of, us_books

D = Decimal
AGAIN = {"approvalDate": "2026-10-09T10:00:00+00:00"}
BOTH = dataclasses.replace(POLICY, send="both")
ORDERS = dataclasses.replace(POLICY, send="purchase_orders")
BILL = Read("Bill", "145")
MARK = "tieout:widgets:invoice:956598"
TYPED = RecentEntity("Bill", "777", "56", "s88123", D("500.00"), date(2026, 10, 4), None)


def standing_bill(**more: Any) -> Sent:
    """Return the memory of the plain invoice, sent as a bill."""
    document = invoice()
    return sent_of(made(document), document, **more)


def held_now(sent: Sent, **changes: Any) -> Body:
    """Return what QuickBooks holds now: its answer, with what people changed since."""
    return copy.deepcopy(sent.answer) | changes


def answered(total: str, **more: Any) -> Sent:
    """Return the memory of a bill that QuickBooks answered with another total."""
    sent = standing_bill()
    lines = copy.deepcopy(sent.answer["Line"])
    lines[0]["Amount"] = D(total)
    return dataclasses.replace(
        sent, answer=sent.answer | {"TotalAmt": D(total), "Balance": D(total), "Line": lines}, **more
    )


def current_entity(**changes: Any) -> Body:
    """Return the bill of the plain invoice as QuickBooks would hold it."""
    return answer_of(made(invoice())) | changes


def replan(document: Document, sent: Sent, current: Body | None, policy: Policy = POLICY, **more: Any) -> Plan:
    """Return the plan for what was sent, once it is read how QuickBooks holds it now."""
    books = more.pop("books", us_books())
    planned = plan(document, sent, books, policy, **more)
    assert planned == Read(sent.type, sent.id), planned
    return plan(document, sent, books, policy, answers={planned: current}, **more)
