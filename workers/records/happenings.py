"""What happened to a record, in the words of those who do the books."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mappers.problems import CODES
from store import records
from store.history import HOLD

SERVICES: Mapping[str, str] = {"precoro": "Precoro", "quickbooks": "QuickBooks"}
NOUNS: Mapping[str, str] = {
    "purchaseorder": "purchase order",
    "purchaseorders": "purchase order",
    "billpayment": "bill payment",
    "vendorcredit": "vendor credit",
    "invoices": "invoice",
    "suppliers": "supplier",
    "journalentry": "journal entry",
    "attachable": "file",
    "upload": "file",
}
"""What both services call things, where that is no plain noun."""
CHANGES: Mapping[str, str] = {
    "create": "was created",
    "update": "was changed",
    "delete": "was deleted",
    "void": "was voided",
    "merge": "was merged with another one",
    "emailed": "was sent by e-mail",
}
ACTS: Mapping[str, str] = {
    "send": "had it sent",
    "ignore": "left it out",
    "adopt": "had an entry in QuickBooks stand for it",
    "keep": "kept what QuickBooks holds",
    "overwrite": "had it overwritten with the figures of Precoro",
    "pair": "paired it",
    "unpair": "unpaired it",
    "not the same": "said that two are not the same",
    "create vendor": "had its vendor created",
    "leave": "left it as it is",
    "answer": "said which side is right",
    "requeue": "had it tried again",
    "retry files": "had its files tried again",
}
QUERY, BATCH = "query", "batch"


def event(source: str, subject: str | None, operation: str | None) -> str:
    """Say what a service told us."""
    noun, change = _noun((subject or "entry").partition(":")[0]), CHANGES.get((operation or "").lower())
    return f"{SERVICES[source]} says that the {noun} {change}" if change else f"{SERVICES[source]}: {noun} {operation}"


def decision(outcome: str, summary: str) -> str:
    """Say what Tieout decided, and why."""
    reason = summary.partition(": ")[2] if summary.startswith(("nothing: ", "never: ")) else summary
    if outcome == HOLD:
        return f"Held: {' '.join(CODES.get(code, code) for code in summary.split(', '))}"
    if outcome == records.NEVER:
        return f"Left out: {reason}" if reason != records.NEVER else "Left out"
    if outcome in {records.READY, records.OPEN} and summary != "unpaired":
        return f"Not sent: {reason}"
    return _sentence(f"nothing to do: {reason}" if reason != summary else summary)


def call(service: str, method: str, path: str, *, is_refused: bool) -> str:
    """Say what Tieout asked of a service."""
    where, noun = SERVICES.get(service, service), path.strip("/").partition("/")[0].partition("?")[0]
    if noun == QUERY:
        done = f"Looked in {where}"
    elif noun == BATCH:
        done = f"Wrote several at once to {where}"
    else:
        done = f"Read the {_noun(noun)} in {where}" if method == "GET" else f"Wrote the {_noun(noun)} to {where}"
    return f"{done}, without success" if is_refused else done


def act(who: str, action: str, details: Mapping[str, Any]) -> str:
    """Say what a person did, and why if they told."""
    done = f"{who} {ACTS.get(action, f'did this: {action}')}"
    return f"{done}: {details['why']}" if details.get("why") else done


def _noun(name: str) -> str:
    return NOUNS.get(name.lower(), name.replace("_", " ").lower())


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
