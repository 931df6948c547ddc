"""What a connection needs before it goes live: each step done, open or optional, with a sentence and the act for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, case, exists, func, select
from sqlalchemy.orm import Session

from mappers.editions import too_small
from mappers.policy import Policy, PolicySchema, load_policy
from mappers.remedies import Act
from mappers.settings.rules import Facts, why_not
from mappers.taxes.matching import left
from store.companies import CONNECTED, DISCONNECTED, Connection
from store.reference import PRECORO, Entry, Pair
from workers.connections.settings import facts
from workers.lookup import connection_named, why_disconnected
from workers.runtime import Runtime
from workers.taxes import state as tax_state

DONE, OPEN, OPTIONAL = "done", "open", "optional"
MIRRORED = ("account", "class", "customer", "location")


@dataclass(frozen=True)
class ChecklistItem:
    """One step of the checklist, with the act that a person takes to do it, if it is open."""

    name: str
    state: str
    sentence: str
    act: Act | None = None


def steps(runtime: Runtime, slug: str) -> list[ChecklistItem]:
    """Return every step that concerns this connection today; what it does not need is left out. No call is made."""
    with runtime.read() as (session, moment):
        return _steps(session, connection_named(session, slug), moment.date())


def _steps(session: Session, connection: Connection, day: date) -> list[ChecklistItem]:
    policy, company_facts = load_policy(connection.policy), facts(session, connection, of_every_account=False)
    has_taxes = company_facts.uses_taxes and not tax_state.is_hidden(session, connection)
    return [
        _connected(session, connection),
        _event(connection),
        _suppliers(session, connection),
        _lists(session, connection),
        _accounts(connection, policy, company_facts),
        _products(session, connection),
        _send(connection, policy, company_facts),
        *([_taxes(session, connection, day)] if has_taxes else []),
    ]


def _connected(session: Session, connection: Connection) -> ChecklistItem:
    """Look whether both companies are connected, and QuickBooks has an edition that will do."""
    name, slug, company = "connected", connection.slug, connection.qbo
    if connection.state == DISCONNECTED:
        return ChecklistItem(name, OPEN, why_disconnected(session, slug), Act("reconnect", {"connection": slug}))
    if connection.state != CONNECTED:
        return ChecklistItem(name, OPEN, "It is paused.", Act("resume_connection", {"connection": slug}))
    edition = too_small(company.plan)
    if edition:
        sentence = f"{company.name} has QuickBooks Online {edition}; Plus or Advanced is needed."
        return ChecklistItem(name, OPEN, sentence, Act("refresh_lists", {"connection": slug}))
    return ChecklistItem(name, DONE, f"{company.name}, {company.plan or 'plan not named'}, {company.home_currency}")


def _event(connection: Connection) -> ChecklistItem:
    """Look whether Precoro's events arrive."""
    last_event_at = connection.precoro.last_event_at
    if last_event_at is not None:
        return ChecklistItem(
            "event received", DONE, f"Precoro was last heard on {last_event_at:%Y-%m-%d at %H:%M} UTC."
        )
    sentence = "Precoro was never heard; until it is, documents are found by the catch-up."
    return ChecklistItem("event received", OPEN, sentence, Act("test_events", {"connection": connection.slug}))


def _suppliers(session: Session, connection: Connection) -> ChecklistItem:
    """Count the suppliers that have a vendor."""
    paired, listed = _paired(session, connection, "supplier")
    state = DONE if paired == listed else OPTIONAL if paired else OPEN
    sentence = f"{paired} of {listed} suppliers are paired with a vendor."
    rest = "" if paired == listed else " Documents of the others will be held."
    act = None if state == DONE else Act("pair_equal_suppliers", {"connection": connection.slug})
    return ChecklistItem("suppliers", state, sentence + rest, act)


def _lists(session: Session, connection: Connection) -> ChecklistItem:
    """Count the entries of each list that are paired."""
    counts = _mirrored(session, connection)
    summary = ", ".join(f"{kind} {count}" for kind, count in counts.items() if count)
    if counts["account"]:
        return ChecklistItem("lists", DONE, f"Paired: {summary}.")
    sentence = "No account of Precoro is paired, so lines go to the default account."
    return ChecklistItem("lists", OPEN, sentence, Act("import_lists", {"connection": connection.slug}))


def _accounts(connection: Connection, policy: Policy, company_facts: Facts) -> ChecklistItem:
    """Look whether the default accounts are chosen and can be used."""
    where = {"connection": connection.slug}
    if policy.default_line_account is None:
        sentence = "No account is chosen for lines that name none."
        return ChecklistItem("default accounts", OPEN, sentence, Act("choose_line_account", where))
    if company_facts.home_currency not in policy.payable_accounts:
        sentence = f"No accounts payable account is chosen for {company_facts.home_currency}."
        return ChecklistItem(
            "default accounts",
            OPEN,
            sentence,
            Act("choose_payable_account", {**where, "currency": company_facts.home_currency}),
        )
    for name in ("default_line_account", "payable_accounts"):
        reason = why_not(name, getattr(policy, name), policy, company_facts)
        if reason:
            return ChecklistItem("default accounts", OPEN, reason, Act("change_setting", {**where, "setting": name}))
    return ChecklistItem("default accounts", DONE, "The accounts of lines and accounts payable are chosen.")


def _products(session: Session, connection: Connection) -> ChecklistItem:
    """Count the products that have an item: none is needed, since lines go by their account otherwise."""
    paired, listed = _paired(session, connection, "item")
    sentence = f"{paired} of {listed} products are paired; lines of the others go by their account."
    if listed and paired == listed:
        return ChecklistItem("products", DONE, sentence)
    sentence = sentence if listed else "No product was read yet; lines go by their account."
    return ChecklistItem("products", OPTIONAL, sentence, Act("list_products", {"connection": connection.slug}))


def _send(connection: Connection, policy: Policy, company_facts: Facts) -> ChecklistItem:
    """Say what is sent, and whether it can be."""
    reason = why_not("send", policy.send, policy, company_facts)
    if reason:
        return ChecklistItem(
            "what to send",
            OPEN,
            reason,
            Act("change_setting", {"connection": connection.slug, "setting": "send", "value": "invoices"}),
        )
    chosen = PolicySchema().fields["send"].metadata["choices"][policy.send]
    how = "as soon as they are approved" if policy.automatic else "by hand"
    return ChecklistItem("what to send", DONE, f"{chosen}, {how}.")


def _taxes(session: Session, connection: Connection, day: date) -> ChecklistItem:
    """Look whether every tax that lines carry has a tax code; a withholding tax may be mapped when it is first used."""
    overview = tax_state.overview(session, connection, day)
    unmapped = [withheld.tax.name for withheld in overview.withheld if withheld.account is None]
    also = f" Without a liability account: {', '.join(unmapped)}." if unmapped else ""
    act = None if overview.is_done else Act("match_taxes", {"connection": connection.slug})
    state = OPEN if left(overview.matches) else OPTIONAL if unmapped else DONE
    return ChecklistItem("taxes", state, overview.sentence + also, act)


def _paired(session: Session, connection: Connection, kind: str) -> tuple[int, int]:
    """Return how many active entries of a Precoro list have a pair of this kind, and how many there are."""
    has_pair = exists().where(Pair.connection_id == connection.id, Pair.kind == kind, Pair.precoro_key == Entry.key)
    counted = select(func.count(case((has_pair, 1))), func.count()).select_from(Entry)
    paired, listed = session.execute(counted.where(*_is_active(connection, kind))).one()
    return paired, listed


def _mirrored(session: Session, connection: Connection) -> Mapping[str, int]:
    """Return how many active options of Precoro are paired with an entry of each list."""
    paired = select(Pair.kind, func.count()).join(Entry, Entry.key == Pair.precoro_key)
    of_lists = (Pair.connection_id == connection.id, Pair.kind.in_(MIRRORED), *_is_active(connection, "option"))
    rows = session.execute(paired.where(*of_lists).group_by(Pair.kind))
    counts = {kind: number for kind, number in rows}  # noqa: C416 - rows are no pairs to mypy
    return {kind: counts.get(kind, 0) for kind in MIRRORED}


def _is_active(connection: Connection, kind: str) -> tuple[ColumnElement[bool], ...]:
    """Say that an entry of a Precoro list is active."""
    return (
        Entry.side == PRECORO,
        Entry.company_id == connection.precoro_id,
        Entry.active.is_(True),
        Entry.kind == kind,
    )
