"""Calls about payments of invoices and expenses."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request

from standins.precoro.company import now, stamp
from standins.precoro.entities import ENTITIES, EXPENSE_PAYMENT
from standins.precoro.http.desk import Desk, Route
from standins.precoro.http.forms import BLANK, NOT_VALID, InvalidError, read_form, read_values
from standins.precoro.payments import rules

if TYPE_CHECKING:
    from standins.precoro.company import Record


def pay(desk: Desk) -> tuple[Response, int]:
    """Record a payment of an invoice, addressed by its id and not its running number."""
    values = read_values(read_form(request), ENTITIES["payments"].writable)
    invoice = _payable(desk, "invoices", "invoice", values)
    day, logic = values.get("payDate") or stamp(now()), values.get("logicType") or 0
    _check_period(desk, day)
    payment = rules.pay(desk.company, invoice, values["sumPaid"], day, logic)
    payment["externalId"] = values.get("externalId")
    desk.pings.own(desk.company, "invoices", invoice)
    return desk.whole("payments", payment), HTTPStatus.CREATED


def pay_expense(desk: Desk) -> tuple[Response, int]:
    """Record a payment of an expense, addressed by its id."""
    values = read_values(read_form(request), EXPENSE_PAYMENT)
    expense = _payable(desk, "expenses", "expense", values)
    day = values.get("payDate") or stamp(now())
    payment = rules.pay_expense(desk.company, expense, values["sumPaid"], day)
    desk.pings.own(desk.company, "expenses", expense)
    return jsonify(payment), HTTPStatus.CREATED


def cancel(desk: Desk, key: str) -> Response:
    """Cancel a payment."""
    payment = desk.existing("payments", key)
    if payment["status"] == rules.CANCELLED:
        raise InvalidError({"status": "The Payment is already cancelled."})
    _check_period(desk, payment["payDate"])
    desk.pings.own(desk.company, "invoices", rules.cancel(desk.company, payment))
    return desk.whole("payments", payment)


def _payable(desk: Desk, collection: str, name: str, values: dict[str, Any]) -> Record:
    """Return what a form pays, or raise InvalidError in Precoro's words."""
    document = desk.company.by_id(collection, (values.get(name) or {}).get("id"))
    if document is None or desk.hides(collection, document):
        raise InvalidError({name: NOT_VALID})
    amount = values.get("sumPaid")
    refusal = BLANK if amount is None else rules.refusal(document, amount)
    if refusal:
        raise InvalidError({"sumPaid": refusal})
    return document


def _check_period(desk: Desk, day: str) -> None:
    """Refuse a payment of a day in a closed period; Precoro's words for that are not known."""
    if day[:10] <= desk.settings.payments_closed_until:
        raise InvalidError({"payDate": "The period is closed."})


ROUTES = (
    Route("POST", "/payments", pay),
    Route("POST", "/payments/<key>/cancel", cancel),
    Route("POST", "/expensePayments", pay_expense),
)
