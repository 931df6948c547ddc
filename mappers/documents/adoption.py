"""What differs between a document and the entity that a person adopts."""

from __future__ import annotations

from collections.abc import Iterator

from mappers.documents.figures import wrong_figures
from mappers.documents.header import currency_of
from mappers.documents.outcomes import Adopt, Body
from mappers.text import is_same_number

_WORDS = {"TxnDate": "date", "DueDate": "due date"}


def differences(adoption: Adopt, home_currency: str) -> tuple[str, ...]:
    """Return each difference for people: vendor, currency, number, dates and figures."""
    return tuple(_differences(adoption.mapped, adoption.entity, home_currency))


def _differences(mapped: Body, entity: Body, home_currency: str) -> Iterator[str]:
    vendor = entity.get("VendorRef") or {}
    if vendor.get("value") != mapped["VendorRef"]["value"]:
        yield f"its vendor is {vendor.get('name') or vendor.get('value')} instead of vendor {mapped['VendorRef']['value']}"
    currencies = [currency_of(body) or home_currency for body in (entity, mapped)]
    if currencies[0] != currencies[1]:
        yield f"its currency is {currencies[0]} instead of {currencies[1]}"
    number, meant = str(entity.get("DocNumber") or ""), mapped.get("DocNumber")
    if meant and not is_same_number(number, meant):
        yield f"its number is {number or 'missing'} instead of {meant}"
    for name, word in _WORDS.items():
        if name in mapped and entity.get(name) != mapped[name]:
            yield f"its {word} is {entity.get(name) or 'missing'} instead of {mapped[name]}"
    wrong = wrong_figures(mapped, entity)
    if wrong:
        yield wrong
