"""What acts of remedies take: a value for each argument, and which of them only a person knows."""

from __future__ import annotations

import string

from cli.remedies import COMMANDS
from mappers.remedies import ActName

ARGUMENTS = {
    "account": "Sales tax withheld",
    "cause": "failed",
    "code": "20.0% S",
    "connection": "widgets-inc",
    "currencies": "BMD,EUR",
    "currency": "EUR",
    "custom_field": "QuickBooks Accounts",
    "document": "invoice:203",
    "email": "ann@widgets.example",
    "entity": "145",
    "entry": "991",
    "field": "account-number",
    "id": "1",
    "item": "Bolts, 10 mm",
    "kind": "account",
    "legal_entity": "Widgets & Sons",
    "list": "accounts",
    "name": 'O\'Brien "and" $ons',
    "payment": "billpayment:145:bill:176",
    "payment_problem": "possible_double_payment",
    "problem": "possible_duplicate",
    "product": "77",
    "reason": "KeyError: 'Id'",
    "setting": "exchange_rate",
    "side": "precoro",
    "supplier": "9001",
    "task": "7",
    "channel": "ops",
    "tax": "GST + PST",
    "twin": "60",
    "value": "quickbooks",
    "vendor": "56",
}
"""A value for each argument, as hard to quote as any that may stand there."""
FOR_A_PERSON = {
    "account", "code", "custom_field", "email", "entity", "entry", "id", "item", "legal_entity", "name", "side", "twin", "value", "vendor",
}  # fmt: skip
"""What only a person can choose, so that nobody else can know it."""


def needs(name: ActName) -> set[str]:
    """Return the arguments that the command of an act has."""
    return {field for _, field, _, _ in string.Formatter().parse(COMMANDS[name]) if field}
