"""Compare both stand-ins over HTTP: python -m standins.compare --precoro URL --quickbooks URL [--json].

Exit 0 when both sides agree to the cent, 1 when they do not, 2 when that could not be found out.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

import requests

from standins.comparison.judge import ALL_KINDS, PAIRED_COMPANIES, judge
from standins.comparison.result import PAYMENT, ComparedRow, Comparison, DocumentCalls
from standins.wire import dumps, loads

TIMEOUT_SECONDS = 30
COULD_NOT_RUN = 2
DOCUMENT_QUERY = re.compile(r"from(\s|\+|%20)+(bill|purchaseorder|vendorcredit)\b", re.IGNORECASE)
PRECORO_DOCUMENT = re.compile(r"^/(invoices|purchaseorders)/")
PRECORO_PAGE = re.compile(r"^/(invoices|purchaseorders)$")
QUICKBOOKS_DOCUMENT = re.compile(r"/(bill|purchaseorder|vendorcredit)(/[^/]+)?$")
FORM = "{:<10} {:<20} {:>12}   {:<12} {:>12} {:>12}  {}"


def compare(
    precoro_url: str,
    quickbooks_url: str,
    *,
    kinds: Sequence[str] = ("invoice",),
    held: Collection[str] = (),
    companies: Mapping[str, str] = PAIRED_COMPANIES,
    payments: bool = False,
) -> Comparison:
    """Read both states and compare them; requests.RequestException or ValueError when one cannot be read.

    `kinds` are of "invoice", "credit_note" and "purchase_order"; `held` are ids or names of documents that are known to
    wait for a person; `companies` maps Precoro company ids to realms; `payments` says that payments of bills come back.
    """
    comparison = judge(
        read(f"{precoro_url}/_control/state"),
        read(f"{quickbooks_url}/_control/state"),
        kinds=kinds,
        held=held,
        companies=companies,
        payments=payments,
    )
    comparison.calls = count_calls(
        read(f"{precoro_url}/_control/requests"), read(f"{quickbooks_url}/_control/requests")
    )
    return comparison


def read(url: str) -> Any:
    """Return the JSON of a control call, with Decimal."""
    answer = requests.get(url, timeout=TIMEOUT_SECONDS)
    answer.raise_for_status()
    return loads(answer.content)


def count_calls(precoro: Sequence[Mapping[str, Any]], quickbooks: Sequence[Mapping[str, Any]]) -> DocumentCalls:
    """Count the requests about documents in both logs."""
    ours = [call["method"] for call in precoro if PRECORO_DOCUMENT.search(call["path"])]
    theirs = [call["method"] for call in quickbooks if QUICKBOOKS_DOCUMENT.search(call["path"])]
    queries = [call for call in quickbooks if call["path"].endswith("/query") and DOCUMENT_QUERY.search(call["query"])]
    return DocumentCalls(
        precoro_reads=ours.count("GET"),
        precoro_pages=sum(bool(PRECORO_PAGE.search(call["path"])) for call in precoro),
        precoro_writes=ours.count("PATCH"),
        quickbooks_reads=theirs.count("GET") + len(queries),
        quickbooks_writes=theirs.count("POST"),
    )


def table(comparison: Comparison) -> str:
    """Return the table for people, ending with whether both sides agree."""
    lines = [FORM.format("Document", "In Precoro", "Precoro", "QuickBooks", "Amount", "Difference", "").rstrip()]
    for title, payments in (("Payable", False), ("Paid", True)):
        lines += [_line(row) for row in comparison.rows if (row.kind == PAYMENT) is payments]
        totals = comparison.paid() if payments else comparison.totals()
        for currency, (ours, theirs) in totals.items():
            name = title if len(totals) == 1 else f"{title} {currency}"
            lines.append(FORM.format(name, "", _money(ours), "", _money(theirs), _money(theirs - ours), "").rstrip())
    lines.append(
        f"Missing {len(comparison.missing)}   extra {len(comparison.extra)}   doubled {len(comparison.doubled)}   "
        f"different {len(comparison.different)}   held {len(comparison.held)}"
    )
    calls = comparison.calls
    lines.append(
        f"Calls for documents: Precoro {calls.precoro_reads} reads, {calls.precoro_writes} write-backs, "
        f"{calls.precoro_pages} pages of changes; "
        f"QuickBooks {calls.quickbooks_writes} writes, {calls.quickbooks_reads} reads"
    )
    return "\n".join([*lines, verdict(comparison)])


def verdict(comparison: Comparison) -> str:
    """Return the last line."""
    if comparison.ties:
        return "TIED OUT: both sides agree to the cent."
    broken = len(comparison.broken)
    things = "documents and payments" if any(row.kind == PAYMENT for row in comparison.rows) else "documents"
    return f"NOT TIED OUT: {broken} of {len(comparison.rows)} {things} {'differs' if broken == 1 else 'differ'}."


def as_json(comparison: Comparison) -> str:
    """Return everything for programs; amounts are numbers with their cents."""
    return dumps(
        {
            "ties": comparison.ties,
            "rows": [{**asdict(row), "difference": row.difference} for row in comparison.rows],
            **{name: len(comparison.of(name)) for name in ("MISSING", "EXTRA", "DOUBLED", "DIFFERENT", "held")},
            "totals": {currency: list(both) for currency, both in comparison.totals().items()},
            "paid": {currency: list(both) for currency, both in comparison.paid().items()},
            "calls": asdict(comparison.calls),
        }
    )


def _line(row: ComparedRow) -> str:
    note = f"{row.verdict}  {row.detail}".rstrip()
    amounts = _money(row.precoro), row.entity, _money(row.quickbooks), _money(row.difference)
    return FORM.format(row.document, row.status, *amounts, note).rstrip()


def _money(amount: Decimal | None) -> str:
    return "-" if amount is None else f"{amount:,.2f}"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m standins.compare", description="Compare both stand-ins.")
    parser.add_argument("--precoro", required=True, metavar="URL")
    parser.add_argument("--quickbooks", required=True, metavar="URL")
    parser.add_argument("--kinds", default="invoice", help=f"which documents are sent: {', '.join(ALL_KINDS)}")
    parser.add_argument("--held", nargs="*", default=[], metavar="N", help="documents known to wait for a person")
    parser.add_argument("--payments", action="store_true", help="compare payments of bills, too")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the comparison and return the exit code."""
    options = _options(arguments)
    kinds = tuple(options.kinds.split(","))
    unknown = sorted(set(kinds) - set(ALL_KINDS))
    if unknown:
        print(f"Unknown kind {unknown[0]!r}. Known: {', '.join(ALL_KINDS)}", file=sys.stderr)
        return COULD_NOT_RUN
    try:
        comparison = compare(
            options.precoro.rstrip("/"),
            options.quickbooks.rstrip("/"),
            kinds=kinds,
            held=options.held,
            payments=options.payments,
        )
    except (requests.RequestException, ValueError, KeyError) as error:
        print(f"Could not compare: {error}", file=sys.stderr)
        return COULD_NOT_RUN
    print(as_json(comparison) if options.json else table(comparison))
    return 0 if comparison.ties else 1


if __name__ == "__main__":
    raise SystemExit(main())
