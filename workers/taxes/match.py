"""Matching Precoro's taxes with tax codes of QuickBooks: the long action `taxes match`, for all taxes or one by hand.

What is certain is matched, what is likely is kept as suggestions, and all else is said. The id of its code is written on a
Precoro tax whose `externalId` is empty or ours; Precoro then lets nobody edit that tax.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from mappers.books import TaxCode
from mappers.policy import load_policy
from mappers.taxes import withholding
from mappers.taxes.matching import Match, PairKey, PrecoroTax, certain, match_all, pairs_of, percent_text, sure_pairs
from mappers.write_back import external_id, may_write_external_id
from store import history, reference
from store.companies import Connection
from store.reference import OPEN, Suggestion
from store.tasks import APPLIED, PROBLEM, SKIPPED, UNCHANGED, Change
from workers.errors import AmbiguousNameError, NoSuchEntryError
from workers.lookup import connection_named
from workers.reference import books, pairs, suggestions
from workers.runtime import Runtime
from workers.tasks.engine import Action, Calls, Planned, Step
from workers.taxes import refresh as tax_reading
from workers.taxes import state as taxes

MATCH = "taxes match"
PAIR, MARK = "pair", "mark"
"""What a change does: keep a match, and write the id of the code on the tax in Precoro."""


def stand(runtime: Runtime, slug: str) -> taxes.Overview:
    """Return where the taxes of a connection stand today. Raises NoSuchConnectionError."""
    with runtime.read() as (session, moment):
        return taxes.overview(session, connection_named(session, slug), moment.date())


def chosen(runtime: Runtime, slug: str, tax: str, twin: str) -> dict[str, str]:
    """Return what a task is told to match one tax, or several joined by +, with one code or liability account by hand.

    Each is named by its id or its exact name. Raises NoSuchConnectionError, NoSuchEntryError and AmbiguousNameError.
    """
    key = tax_named(runtime, slug, tax)
    with runtime.read() as (session, _):
        connection = connection_named(session, slug)
        withheld = {str(one.tax.id) for one in taxes.withheld(session, connection)}
        kind = "account" if key in withheld else "tax_code"
        rows = {one.id: one.name for one in taxes.entries(session, connection, kind)}
    return {"taxes": key, "twin": _key("QuickBooks", kind, twin, rows, slug)}


def tax_named(runtime: Runtime, slug: str, text: str) -> str:
    """Return the key of a tax or a set of taxes, named by id or exact name. Raises as `chosen` does."""
    with runtime.read() as (session, moment):
        connection = connection_named(session, slug)
        known = {one.key: one.name for one in taxes.matches(session, connection, moment.date())}
        known |= {str(one.tax.id): one.tax.name for one in taxes.withheld(session, connection)}
    return _key("Precoro", "tax", text, known, slug)


def _key(side: str, kind: str, text: str, known: Mapping[str, str], slug: str) -> str:
    """Return the key of the one entry that has this key, or this very name."""
    found = [text] if text in known else [key for key, name in known.items() if name.casefold() == text.casefold()]
    if not found:
        raise NoSuchEntryError(side, kind, text, slug)
    if len(found) > 1:
        raise AmbiguousNameError(kind.replace("_", " "), text, found)
    return found[0]


def plan(session: Session, connection: Connection, arguments: Mapping[str, Any], moment: datetime) -> Iterator[Planned]:
    """Say what is matched with what, and what a person has to choose; what is only likely is kept as suggestions."""
    twin = arguments.get("twin")
    if twin:
        yield from _by_hand(session, connection, arguments["taxes"], twin, moment)
        return
    found = taxes.overview(session, connection, moment.date())
    if not found.shown or taxes.folded(connection):
        yield Planned(UNCHANGED, "taxes", found.sentence)
    known = books.tax_books(session, connection, moment.date())
    for one in found.matches:
        yield from _planned(session, connection, one, sure_pairs(one, known), certain(one, known), moment)
    for withheld in found.withheld:
        yield _withheld(withheld)


def _planned(
    session: Session,
    connection: Connection,
    found: Match,
    sure: Mapping[PairKey, str],
    code: TaxCode | None,
    moment: datetime,
) -> Iterator[Planned]:
    """Say what becomes of one tax or set of taxes."""
    _suggest(session, connection, found, moment)
    if found.code is not None:
        yield Planned(UNCHANGED, f"tax_set:{found.key}", f"{titled(found)} is matched with {found.code.name}.")
        yield from marks(connection, found, found.code.name, found.code.id)
    elif sure:
        with_what = code.name if code else "the rate that codes have for it beside others"
        body = {"do": PAIR, "taxes": found.key, "pairs": [[*key, twin] for key, twin in sure.items()], "drop": []}
        yield Planned(PAIR, f"tax_set:{found.key}", f"Match {titled(found)} with {with_what}.", body)
        if code is not None:
            yield from marks(connection, found, code.name, code.id)
    else:
        yield Planned(
            PROBLEM, f"tax_set:{found.key}", f"{titled(found)} is not matched. {found.sentence}{_choices(found)}"
        )


def _by_hand(session: Session, connection: Connection, key: str, twin: str, moment: datetime) -> Iterator[Planned]:
    """Match what a person named with what he chose for it."""
    for withheld in taxes.withheld(session, connection):
        if str(withheld.tax.id) == key:
            yield _mapped(session, connection, withheld.tax, twin)
            return
    known = books.tax_books(session, connection, moment.date())
    found = next(one for one in taxes.matches(session, connection, moment.date()) if one.key == key)
    code = known.codes[twin]
    kept, dropped = pairs_of(found, code, known)
    body = {
        "do": PAIR,
        "taxes": key,
        "pairs": [[*pair, other] for pair, other in kept.items()],
        "drop": sorted(map(list, dropped)),
    }
    yield Planned(PAIR, f"tax_set:{key}", f"Match {titled(found)} with {code.name}.", body)
    yield from marks(connection, found, code.name, code.id)


def _mapped(session: Session, connection: Connection, tax: PrecoroTax, account_id: str) -> Planned:
    """Map a withholding tax to an account, if it is one that can owe what is withheld."""
    account = next((one for one in taxes.entries(session, connection, "account") if one.id == account_id), None)
    refused = "The account is gone or inactive in QuickBooks." if account is None else withholding.refusal(tax, account)
    if refused or account is None:
        return Planned(PROBLEM, f"withholding:{tax.id}", refused or "")
    body = {"do": PAIR, "taxes": str(tax.id), "pairs": [["withholding", str(tax.id), account_id]], "drop": []}
    return Planned(
        PAIR, f"withholding:{tax.id}", f"Map {tax.name}, which is withheld, to account {account.name}.", body
    )


def _withheld(withheld: taxes.Withheld) -> Planned:
    subject = f"withholding:{withheld.tax.id}"
    if withheld.account is not None:
        return Planned(UNCHANGED, subject, f"{withheld.tax.name} goes to account {withheld.account.name}.")
    return Planned(PROBLEM, subject, f'{withheld.tax.name} is withheld and needs a liability account: '
                                     f'tieout taxes match "{withheld.tax.name}" ACCOUNT')  # fmt: skip


def marks(connection: Connection, found: Match, code: str, code_id: str | None = None) -> Iterator[Planned]:
    """Plan to write the id of a code on its single tax in Precoro, where that may be written and is not what stands there."""
    realm, tax = connection.qbo.realm, found.taxes[0]
    same = code_id is not None and tax.external_id == external_id(realm, "taxcode", code_id)
    if len(found.taxes) > 1 or same or not load_policy(connection.policy).write_back:
        return
    if may_write_external_id(tax.external_id, realm):
        body = {"do": MARK, "taxes": found.key}
        yield Planned(MARK, f"tax:{tax.id}", f"Write the id of {code} on {tax.name} in Precoro.", body)


def _suggest(session: Session, connection: Connection, found: Match, moment: datetime) -> None:
    """Keep the candidates of what is not matched, in place of earlier ones; what a person refused stays refused."""
    session.execute(
        delete(Suggestion).where(
            Suggestion.connection_id == connection.id,
            Suggestion.kind == taxes.TAX_SET,
            Suggestion.precoro_key == found.key,
            Suggestion.state == OPEN,
        )
    )
    for one in found.candidates:
        session.add(
            Suggestion(
                connection_id=connection.id,
                kind=taxes.TAX_SET,
                precoro_key=found.key,
                qbo_key=one.code.id,
                score=one.score,
                evidence=list(one.evidence),
                state=OPEN,
                at=moment,
            )
        )


def titled(found: Match) -> str:
    """Return the name of taxes with their rates, as people read them."""
    return f"{found.name} ({percent_text(found)})"


def _choices(found: Match) -> str:
    names = ", ".join(one.code.name for one in found.candidates)
    return f" Likely: {names}." if names else ""


# Applying


def apply(step: Step, changes: Sequence[Change]) -> None:
    """Keep a match, or write one id in Precoro."""
    for change in changes:
        if change.body["do"] == MARK:
            mark(step, change)
        else:
            _pair(step, change)


def _pair(step: Step, change: Change) -> None:
    body, chosen_by_hand = change.body, step.arguments.get("twin")
    with step.settle(change, APPLIED, "Matched.") as (session, moment):
        if chosen_by_hand:
            suggestions.forget(session, step.connection, taxes.TAX_SET, body["taxes"], chosen_by_hand)
        keep(
            session,
            step,
            {(kind, key): twin for kind, key, twin in body["pairs"]},
            [tuple(one) for one in body["drop"]],
            moment,
        )


def keep(
    session: Session, step: Step, kept: Mapping[PairKey, str], dropped: Sequence[PairKey], moment: datetime
) -> None:
    """Keep the pairs of a match and drop what contradicts it; exactly what waited for it goes on, and history says so."""
    connection = session.get_one(Connection, step.connection.id)
    subjects = [f"{kind}:{key}" for kind, key in kept]
    before = reference.pairs(session, connection.id, [*kept, *dropped])
    direct = taxes.waiting(session, connection, subjects)
    with taxes.releasing(session, connection.qbo, moment) as released:
        for kind, key in dropped:
            pairs.unpair(session, connection, kind, key)
        for (kind, key), twin in kept.items():
            how = "person" if step.arguments.get("twin") else "rate"
            pairs.make(session, connection, kind, {key: twin}, moment, how=how)
    history.note(
        session, moment, step.task.who, "match taxes", connection.slug,
        before={f"{kind}:{key}": twin for (kind, key), twin in before.items()},
        after={f"{kind}:{key}": twin for (kind, key), twin in kept.items()},
        waiting=sorted({*direct, *released}),
    )  # fmt: skip


def pair_certain(session: Session, connection: Connection, moment: datetime) -> int:
    """Match each tax of Precoro with the tax code of which there is no doubt; returns how many that were."""
    tax_books = books.tax_books(session, connection, moment.date())
    matches = match_all(books.taxes(session, connection), [], tax_books)
    matched = [twins for twins in (sure_pairs(match, tax_books) for match in matches) if twins]
    for twins in matched:
        for (kind, precoro_key), qbo_key in twins.items():
            pairs.make(session, connection, kind, {precoro_key: qbo_key}, moment, how="rate")
    return len(matched)


def mark(step: Step, change: Change) -> None:
    """Write the id of the code that a tax has by now on the tax in Precoro; writing it once more does no harm."""
    key = change.body["taxes"]
    with step.read() as (session, moment):
        connection = session.get_one(Connection, step.connection.id)
        found = taxes.matches(session, connection, moment.date())
        code = next((one.code for one in found if one.key == key), None)
    if code is None:
        with step.settle(change, SKIPPED, "The tax is not matched."):
            return
    wanted = external_id(step.connection.qbo.realm, "taxcode", code.id)
    step.precoro.patch("taxes", key, external_id=wanted)
    with step.settle(change, APPLIED, "Written.") as (session, _):
        kept = reference.entries(session, reference.PRECORO, step.connection.precoro_id, [("tax", key)])
        for entry in kept.values():
            entry.data = {**entry.data, "external_id": wanted}


def calls(counts: Counter[str]) -> Calls:
    """Return what a plan costs: one call for each id that is written."""
    return Calls(precoro=counts[MARK])


MATCH_TAXES = Action("Match taxes with tax codes of QuickBooks", tax_reading.read, plan, apply, calls=calls)
