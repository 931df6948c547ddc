"""`taxes match`: match Precoro's taxes with tax codes of QuickBooks, all of them or one by hand.

What is certain is matched, what is likely is kept as suggestions, and all else is said. The id of its code is written on a
Precoro tax whose `externalId` is empty or ours; Precoro then lets nobody edit that tax.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from mappers.books import TaxCode
from mappers.matching.suggestions import ScoredPair
from mappers.policy import load_policy
from mappers.remedies import Act, Remedy
from mappers.taxes import withholding
from mappers.taxes.matching import (
    Match,
    PairKey,
    PrecoroTax,
    certain,
    match_all,
    other_rates,
    pairs_of,
    percent_text,
    sure_pairs,
)
from mappers.write_back import external_id, may_write_external_id
from store import history, reference
from store.companies import Connection
from store.tasks import APPLIED, PROBLEM, SKIPPED, UNCHANGED, Change
from workers.errors import NoSuchEntryError
from workers.lookup import connection_named, only_key
from workers.reference import books, pairs, suggestions
from workers.runtime import Runtime
from workers.tasks.action import Action, Calls, Planned, Step
from workers.taxes import refresh
from workers.taxes import state as tax_state
from workers.taxes.state import TAX_SET, Withheld

NAME = "taxes match"
PAIR, MARK = "pair", "mark"
"""What a change does: keep a match, and write the id of the code on the tax in Precoro."""


def by_hand(runtime: Runtime, slug: str, tax: str, twin: str) -> dict[str, str]:
    """Return the arguments of a task that matches one tax, or several joined by +, with a code or a liability account.

    Each is named by its id or its name. Raises NoSuchConnectionError, NoSuchEntryError and AmbiguousNameError.
    """
    key = tax_key(runtime, slug, tax)
    with runtime.read() as (session, _):
        connection = connection_named(session, slug)
        withheld = {str(tax.tax.id) for tax in tax_state.withheld(session, connection)}
        kind = "account" if key in withheld else "tax_code"
        names = {entry.id: [entry.name] for entry in tax_state.entries(session, connection, kind)}
    missing = NoSuchEntryError("QuickBooks", kind, twin, slug)
    twin_key = only_key(twin, names, what=kind.replace("_", " "), missing=missing, ignore_case=True)
    return {"taxes": key, "twin": twin_key}


def tax_key(runtime: Runtime, slug: str, text: str) -> str:
    """Return the key of a tax or a set of taxes, given by id or name. Raises as `by_hand` does."""
    with runtime.read() as (session, moment):
        connection = connection_named(session, slug)
        names = {match.key: [match.name] for match in tax_state.matches(session, connection, moment.date())}
        names |= {str(withheld.tax.id): [withheld.tax.name] for withheld in tax_state.withheld(session, connection)}
    missing = NoSuchEntryError("Precoro", "tax", text, slug)
    return only_key(text, names, what="tax", missing=missing, ignore_case=True)


def plan(session: Session, connection: Connection, arguments: Mapping[str, Any], moment: datetime) -> Iterator[Planned]:
    """Say what is matched with what, and what a person has to choose; what is only likely is kept as suggestions."""
    twin = arguments.get("twin")
    if twin:
        yield from _plan_by_hand(session, connection, arguments["taxes"], twin, moment)
        return
    overview = tax_state.overview(session, connection, moment.date())
    if not overview.shown or tax_state.is_folded(connection):
        yield Planned(UNCHANGED, "taxes", overview.sentence)
    tax_books = books.tax_books(session, connection, moment.date())
    for match in overview.matches:
        yield from _planned(session, connection, match, sure_pairs(match, tax_books), certain(match, tax_books), moment)
    for withheld in overview.withheld:
        yield _withheld(withheld)


def _planned(
    session: Session,
    connection: Connection,
    match: Match,
    sure: Mapping[PairKey, str],
    code: TaxCode | None,
    moment: datetime,
) -> Iterator[Planned]:
    """Say what becomes of one tax or set of taxes."""
    _suggest(session, connection, match, moment)
    subject = f"tax_set:{match.key}"
    if match.code is not None:
        yield Planned(UNCHANGED, subject, f"{titled(match)} is matched with {match.code.name}.")
        yield from marks(connection, match, match.code.name, match.code.id)
    elif sure:
        twin_name = code.name if code else "the rate that codes have for it beside others"
        body = {"do": PAIR, "taxes": match.key, "pairs": [[*key, twin] for key, twin in sure.items()], "drop": []}
        yield Planned(PAIR, subject, f"Match {titled(match)} with {twin_name}.", body)
        if code is not None:
            yield from marks(connection, match, code.name, code.id)
    else:
        yield Planned(PROBLEM, subject, f"{titled(match)} is not matched. {match.sentence}{_choices(match)}")


def _plan_by_hand(session: Session, connection: Connection, key: str, twin: str, moment: datetime) -> Iterator[Planned]:
    """Match the tax that a person named with the code or account that the person chose."""
    for withheld in tax_state.withheld(session, connection):
        if str(withheld.tax.id) == key:
            yield _mapped(session, connection, withheld.tax, twin)
            return
    tax_books = books.tax_books(session, connection, moment.date())
    match = next(match for match in tax_state.matches(session, connection, moment.date()) if match.key == key)
    code = tax_books.codes[twin]
    kept, dropped = pairs_of(match, code, tax_books)
    if match.code == code:  # chosen although its rate says so already: for what is special about it on documents
        kept, dropped = {**kept, (TAX_SET, key): code.id}, set()
    body = {
        "do": PAIR,
        "taxes": key,
        "pairs": [[*pair, other] for pair, other in kept.items()],
        "drop": sorted(map(list, dropped)),
    }
    others = other_rates(match, code, tax_books)
    warning = f" Look twice: the code has {others}, and its tax would be another one." if others else ""
    yield Planned(PAIR, f"tax_set:{key}", f"Match {titled(match)} with {code.name}.{warning}", body)
    yield from marks(connection, match, code.name, code.id)


def _mapped(session: Session, connection: Connection, tax: PrecoroTax, account_id: str) -> Planned:
    """Map a withholding tax to an account, if it is one that can owe what is withheld."""
    accounts = {account.id: account for account in tax_state.entries(session, connection, "account")}
    account = accounts.get(account_id)
    refused = "The account is gone or inactive in QuickBooks." if account is None else withholding.refusal(tax, account)
    if refused or account is None:
        return Planned(PROBLEM, f"withholding:{tax.id}", refused or "")
    body = {"do": PAIR, "taxes": str(tax.id), "pairs": [["withholding", str(tax.id), account_id]], "drop": []}
    return Planned(
        PAIR, f"withholding:{tax.id}", f"Map {tax.name}, which is withheld, to account {account.name}.", body
    )


def _withheld(withheld: Withheld) -> Planned:
    """Say to which account a withholding tax goes, or that it needs one."""
    subject = f"withholding:{withheld.tax.id}"
    if withheld.account is not None:
        return Planned(UNCHANGED, subject, f"{withheld.tax.name} goes to account {withheld.account.name}.")
    remedy = Remedy("Choose it by hand.", (Act("map_withholding", {"tax": withheld.tax.name}),))
    return Planned(PROBLEM, subject, f"{withheld.tax.name} is withheld and needs a liability account.", remedy=remedy)


def marks(connection: Connection, match: Match, code: str, code_id: str | None = None) -> Iterator[Planned]:
    """Plan to write the id of a code on its single tax in Precoro, unless it is there or may not be written."""
    realm, tax = connection.qbo.realm, match.taxes[0]
    is_marked = code_id is not None and tax.external_id == external_id(realm, "taxcode", code_id)
    if len(match.taxes) > 1 or is_marked or not load_policy(connection.policy).write_back:
        return
    if may_write_external_id(tax.external_id, realm):
        body = {"do": MARK, "taxes": match.key}
        yield Planned(MARK, f"tax:{tax.id}", f"Write the id of {code} on {tax.name} in Precoro.", body)


def _suggest(session: Session, connection: Connection, match: Match, moment: datetime) -> None:
    """Keep the candidates of what is not matched, in place of earlier ones; what a person refused stays refused."""
    scored = [ScoredPair(match.key, likely.code.id, likely.score, likely.evidence) for likely in match.candidates]
    suggestions.keep(session, connection, TAX_SET, scored, moment, precoro_key=match.key)


def titled(match: Match) -> str:
    """Return the name of taxes with their rates, as people read them."""
    return f"{match.name} ({percent_text(match)})"


def _choices(match: Match) -> str:
    names = ", ".join(candidate.code.name for candidate in match.candidates)
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
    with step.finish(change, APPLIED, "Matched.") as (session, moment):
        if chosen_by_hand:
            suggestions.forget(session, step.connection, TAX_SET, {body["taxes"]: chosen_by_hand})
        kept = {(kind, key): twin for kind, key, twin in body["pairs"]}
        keep(session, step, kept, [(kind, key) for kind, key in body["drop"]], moment)


def keep(
    session: Session, step: Step, kept: Mapping[PairKey, str], dropped: Sequence[PairKey], moment: datetime
) -> None:
    """Keep the pairs of a match, drop those that contradict it, and make due what was held for it."""
    connection = session.get_one(Connection, step.connection.id)
    subjects = [f"{kind}:{key}" for kind, key in kept]
    before = reference.pairs(session, connection.id, [*kept, *dropped])
    waiting = tax_state.held_for(session, connection, subjects)
    with tax_state.releasing(session, connection.qbo, moment) as released:
        for kind, key in dropped:
            pairs.unpair(session, connection, kind, key, moment)
        for (kind, key), twin in kept.items():
            how = "person" if step.arguments.get("twin") else "rate"
            pairs.make(session, connection, kind, {key: twin}, moment, how=how)
    history.note(
        session, moment, step.task.who, "match taxes", connection.slug,
        before={f"{kind}:{key}": twin for (kind, key), twin in before.items()},
        after={f"{kind}:{key}": twin for (kind, key), twin in kept.items()},
        waiting=sorted({*waiting, *released}),
    )  # fmt: skip


def pair_certain(session: Session, connection: Connection, moment: datetime) -> int:
    """Match the taxes of which the tax code is certain; returns how many."""
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
        match = tax_state.match_of(session, connection, key, moment.date())
    code = match.code if match else None
    if code is None:
        with step.finish(change, SKIPPED, "The tax is not matched."):
            return
    wanted = external_id(step.connection.qbo.realm, "taxcode", code.id)
    step.precoro.patch("taxes", key, external_id=wanted)
    with step.finish(change, APPLIED, "Written.") as (session, _):
        entries = reference.entries(session, reference.PRECORO, step.connection.precoro_id, [("tax", key)])
        for entry in entries.values():
            entry.data = {**entry.data, "external_id": wanted}


def calls(counts: Counter[str]) -> Calls:
    """Return what a plan costs: one call for each id that is written."""
    return Calls(precoro=counts[MARK])


ACTION = Action("Match taxes with tax codes of QuickBooks", refresh.read, plan, apply, calls=calls)
