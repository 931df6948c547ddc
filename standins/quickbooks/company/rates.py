"""Exchange rates: home units for one unit of a foreign currency, by day."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from standins.companies import seeds
from standins.quickbooks import errors
from standins.quickbooks.company.clock import pacific
from standins.quickbooks.company.records import CompanyBooks
from standins.quickbooks.errors import QuickBooksFault
from standins.wire import plain

Json = dict[str, Any]


def on(company: CompanyBooks, code: str, written_day: str | None) -> Json:
    """Return the ExchangeRate of a day (default today): set, or the seed's."""
    day = _day(written_day)
    kept = company.rates.get(code, {}).get(day.isoformat())
    if kept:
        return kept
    rate: Decimal | None = None
    if code == company.home_currency:
        rate = Decimal(1)
    else:
        with suppress(KeyError):
            rate = seeds.by_realm(company.realm).quickbooks.exchange_rate(code, day)
    if rate is None:
        raise errors.not_found()
    return _row(company, code, day, rate)


def put(company: CompanyBooks, sent: Json) -> Json:
    """Set the rate of a currency that the company has on a day."""
    code, rate = str(sent.get("SourceCurrencyCode") or "").upper(), sent.get("Rate")
    if not code or rate is None:
        raise QuickBooksFault(errors.required("Rate" if code else "SourceCurrencyCode"))
    if code not in {str(row["Code"]) for row in company.rows("CompanyCurrency")}:
        raise errors.business(f"The currency {code} is not available in this company.")
    day = _day(sent.get("AsOfDate"))
    row = _row(company, code, day, _positive(rate))
    company.rates.setdefault(code, {})[day.isoformat()] = row
    return row


def _positive(written: object) -> Decimal:
    try:
        rate = Decimal(str(written))
    except InvalidOperation as error:
        raise QuickBooksFault(errors.wrong_value(2080, "Number format", "Rate", written)) from error
    if not rate.is_finite() or rate <= 0:
        raise QuickBooksFault(errors.wrong_value(2090, "Number", "Rate", written))
    return rate


def listed(company: CompanyBooks, codes: list[str]) -> Json:
    """Return today's rates of the currencies named, or of all, as a QueryResponse."""
    currencies = codes or [str(row["Code"]) for row in company.rows("CompanyCurrency")]
    rows = []
    for code in currencies:
        with suppress(QuickBooksFault):
            rows.append(on(company, code.upper(), None))
    return {"ExchangeRate": rows, "startPosition": 1, "maxResults": len(rows)} if rows else {}


def _day(written: object) -> date:
    if not written:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(str(written))
    except ValueError as error:
        raise QuickBooksFault(errors.wrong_value(2060, "Date format", "asofdate", written)) from error


def _row(company: CompanyBooks, code: str, day: date, rate: Decimal) -> Json:
    return {
        "SourceCurrencyCode": code,
        "TargetCurrencyCode": company.home_currency,
        "Rate": plain(rate),
        "AsOfDate": day.isoformat(),
        "domain": "QBO",
        "sparse": False,
        "MetaData": {"LastUpdatedTime": pacific(datetime.now(UTC))},
    }
