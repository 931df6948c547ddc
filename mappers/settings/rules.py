"""Which values each setting may have for this pair of companies, and why the others are unavailable.

It depends on both companies and on the other settings. Command line and pages show the same sentences, and a change to an
unavailable value is refused with them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from mappers.books import BookEntry
from mappers.editions import too_small
from mappers.policy import Policy, PolicySchema, UnreadablePolicy, dump_policy
from mappers.settings.default_accounts import FOR_LINES, refusal

ONE_BY_ONE = ("payable_accounts", "changed_fields")
"""The settings that hold several choices, each of which is changed by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the values of settings depend on in both companies.

    The lists are QuickBooks', by id.
    """

    company: str
    plan: str
    is_us: bool
    home_currency: str
    precoro_currency: str | None = None
    multicurrency: bool
    purchase_orders: bool
    customers: bool
    billable: bool
    uses_taxes: bool
    live_at: datetime | None = None
    accounts: Mapping[str, BookEntry] = field(default_factory=dict)
    tax_codes: Mapping[str, BookEntry] = field(default_factory=dict)
    tax_agencies: Mapping[str, BookEntry] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SettingValue:
    """One value of a setting; `why_not` says why it is unavailable."""

    value: Any
    meaning: str
    why_not: str | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting with its value and choices.

    `why_not` says why it cannot have its value, or cannot be changed.
    """

    name: str
    title: str
    sentence: str
    value: Any
    default: Any
    display_text: str
    choices: tuple[SettingValue, ...] = ()
    why_not: str | None = None


def all_settings(policy: Policy, facts: Facts) -> list[Setting]:
    """Return every setting, in the order of the schema."""
    values, defaults = dump_policy(policy), dump_policy(Policy())
    return [
        Setting(
            name=name,
            title=about.metadata["title"],
            sentence=about.metadata["sentence"],
            value=values[name],
            default=defaults[name],
            display_text=display_text(name, values[name], facts),
            choices=_values(name, policy, facts),
            why_not=why_not(name, getattr(policy, name), policy, facts),
        )
        for name, about in _FIELDS.items()
    ]


def refusals(before: Policy, after: Policy, facts: Facts) -> dict[str, str]:
    """Return why each setting refuses a change, by its name."""
    reasons = {}
    for name, about in _FIELDS.items():
        reason = why_not(name, getattr(after, name), after, facts)
        is_changed = getattr(before, name) != getattr(after, name)
        if reason and (is_changed or why_not(name, getattr(before, name), before, facts) is None):
            reasons[name] = f"{about.metadata['title']}: {reason}"
    return reasons


def merged_settings(stored: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Return stored settings with a change over them.

    Accounts by currency, and what becomes of changed fields, are changed one by one: an empty one takes that choice back, none at
    all takes back all.
    """
    merged = {**stored, **change}
    for name in ONE_BY_ONE:
        if choices := change.get(name):
            kept = {**(stored.get(name) or {}), **choices}
            merged[name] = {key: choice for key, choice in kept.items() if choice}
    return merged


def entries_to_pick(policy: Policy, facts: Facts) -> dict[str, tuple[SettingValue, ...]]:
    """Return the entries of QuickBooks that each setting may name; of accounts payable those of each currency in use.

    The keys are names of settings; `payable_accounts:USD` is that of a currency.
    """
    named = [name for name, about in _FIELDS.items() if about.metadata.get("list") and name != "payable_accounts"]
    picked = {name: _pickable(_list_of(name, facts) or {}, partial(_refused, name, policy, facts)) for name in named}
    currencies = dict.fromkeys([facts.home_currency, *policy.payable_accounts])
    payable = {
        f"payable_accounts:{code}": _pickable(facts.accounts, partial(_payable, code, facts=facts))
        for code in currencies
    }
    return {**picked, **payable}


def _pickable(entries: Mapping[str, BookEntry], refused: Callable[[str], str | None]) -> tuple[SettingValue, ...]:
    """Return the active entries that nothing speaks against, by name."""
    usable = [entry for entry in entries.values() if entry.active and refused(entry.id) is None]
    return tuple(SettingValue(entry.id, entry.name) for entry in sorted(usable, key=lambda entry: entry.name))


def _refused(name: str, policy: Policy, facts: Facts, key: str) -> str | None:
    return why_not(name, key, policy, facts)


BY_ID = "id:"
"""What stands before an id where the id alone may be the name or number of something else."""


def with_ids(change: Mapping[str, Any], facts: Facts) -> dict[str, Any]:
    """Return a change with the id in place of every account or code named. Raises UnreadablePolicy."""
    return {name: _by_id(name, value, facts) for name, value in change.items()}


def _by_id(name: str, value: Any, facts: Facts) -> Any:
    entries = _list_of(name, facts)
    if not entries or value is None:
        return value
    if isinstance(value, Mapping):
        return {key: _id_of(name, str(text), entries) for key, text in value.items()}
    return _id_of(name, str(value), entries)


def _id_of(setting: str, text: str, entries: Mapping[str, BookEntry]) -> str:
    """Return the id of the only entry with this id, name or number; any other text stays.

    The name is the full or the short one. Raises UnreadablePolicy when several entries go by it.
    """
    if text.startswith(BY_ID) and text.removeprefix(BY_ID) in entries:
        return text.removeprefix(BY_ID)
    matches = [entry for entry in entries.values() if text == entry.id or (entry.active and text in _names(entry))]
    if len(matches) > 1:
        choices = " or ".join(f"{BY_ID}{entry.id} ({entry.name})" for entry in matches)
        raise UnreadablePolicy({setting: [f"{text} may be {choices}: name one of them by its id like that."]})
    return matches[0].id if matches else text


def _names(entry: BookEntry) -> set[object]:
    return {entry.name, entry.data.get("short"), entry.data.get("number")}


def why_not(name: str, value: Any, policy: Policy, facts: Facts) -> str | None:
    """Return why a setting cannot have this value; None when it can."""
    rule = _RULES.get(name)
    return rule(value, policy, facts) if rule else None


def display_text(name: str, value: Any, facts: Facts) -> str:
    """Return a value as people read it.

    A switch is on or off, an account has its name.
    """
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(value)
    if name == "changed_fields":
        return ", ".join(f"{group} {action}" for group, action in value.items())
    if isinstance(value, Mapping):
        return ", ".join(f"{currency} {_name_and_id(account, facts.accounts)}" for currency, account in value.items())
    entries = _list_of(name, facts)
    return "" if value is None else _name_and_id(value, entries) if entries is not None else str(value)


def _list_of(name: str, facts: Facts) -> Mapping[str, BookEntry] | None:
    """Return the list that the values of a setting are picked from."""
    lists = {"accounts": facts.accounts, "tax_codes": facts.tax_codes, "tax_agencies": facts.tax_agencies}
    about = _FIELDS.get(name)
    return lists.get(about.metadata.get("list", "")) if about else None


def _name_and_id(key: str, entries: Mapping[str, BookEntry]) -> str:
    return f"{entries[key].name} (id {key})" if key in entries else f"id {key}"


def _values(name: str, policy: Policy, facts: Facts) -> tuple[SettingValue, ...]:
    about = _FIELDS[name]
    meanings: Mapping[Any, str] = about.metadata.get("choices", {})
    if type(getattr(policy, name)) is bool:
        meanings = {True: "on", False: "off"}
    return tuple(
        SettingValue(value, meaning, why_not(name, value, policy, facts)) for value, meaning in meanings.items()
    )


# The rules, one a setting


def _send(value: str, _policy: Policy, facts: Facts) -> str | None:
    if value == "invoices":
        return None
    edition = too_small(facts.plan)
    if edition:
        return f"QuickBooks Online {edition} has no purchase orders; Plus and Advanced have."
    if not facts.purchase_orders:
        return f"Purchase orders are switched off in {facts.company} (Account and settings, Expenses)."
    return None


def _import_payments(value: bool, policy: Policy, _facts: Facts) -> str | None:
    if value and policy.send == "purchase_orders":
        return "Payments belong to invoices, and this connection sends purchase orders only."
    return None


def _go_live(_value: object, _policy: Policy, facts: Facts) -> str | None:
    if facts.live_at is None:
        return None
    return (
        f"It went live on {facts.live_at:%Y-%m-%d}, and what was approved before stays historical. "
        "Enter such a document in QuickBooks by hand."
    )


def _line_without_tax(value: str, policy: Policy, facts: Facts) -> str | None:
    if value != "zero_code":
        return None
    if facts.is_us:
        return _no_tax_codes(facts)
    return None if policy.zero_tax_code else "No zero code is chosen yet; choose that first."


def _zero_tax_code(value: str | None, _policy: Policy, facts: Facts) -> str | None:
    if value is None:
        return None
    if facts.is_us:
        return _no_tax_codes(facts)
    code = facts.tax_codes.get(value)
    return None if code and code.active else f"QuickBooks has no active tax code with the id {value}."


def _tax_agency(value: str | None, _policy: Policy, facts: Facts) -> str | None:
    if value is None or (value in facts.tax_agencies and facts.tax_agencies[value].active):
        return None
    names = ", ".join(f"{agency.name} (id {agency.id})" for agency in facts.tax_agencies.values() if agency.active)
    return f"QuickBooks has no tax agency with the id {value}. There are: {names or 'none'}."


def _taxes(value: str, _policy: Policy, facts: Facts) -> str | None:
    return _no_tax_codes(facts) if value == "folded" and facts.is_us else None


def _no_tax_codes(facts: Facts) -> str:
    return f"{facts.company} is in the United States, where tax is always part of the line amount."


def _billable(value: str, _policy: Policy, facts: Facts) -> str | None:
    if value == "no" or (facts.customers and facts.billable):
        return None
    return f"Billable expenses by customer are switched off in {facts.company} (Account and settings, Expenses)."


def _exchange_rate(value: str, _policy: Policy, facts: Facts) -> str | None:
    if value != "precoro":
        return None
    if not facts.multicurrency:
        return _one_currency(facts)
    if facts.precoro_currency in {None, facts.home_currency}:
        return None
    return (
        f"Precoro's rates are towards {facts.precoro_currency}, but {facts.company} is kept in {facts.home_currency}."
    )


def _one_currency(facts: Facts) -> str:
    return f"{facts.company} works in {facts.home_currency} only: multicurrency is switched off in QuickBooks."


def _account(value: str | None, _policy: Policy, facts: Facts) -> str | None:
    if value is None:
        return None
    home = facts.home_currency
    return refusal(facts.accounts.get(value), value, FOR_LINES, home, home)


def _payable_accounts(value: Mapping[str, str], _policy: Policy, facts: Facts) -> str | None:
    reasons = (_payable(currency, key, facts) for currency, key in value.items())
    return " ".join(reason for reason in reasons if reason) or None


def _payable(currency: str, key: str, facts: Facts) -> str | None:
    """Return why an account cannot be the accounts payable account of a currency."""
    if currency != facts.home_currency and not facts.multicurrency:
        return _one_currency(facts)
    return refusal(facts.accounts.get(key), key, f"A/P in {currency}", currency, facts.home_currency)


_FIELDS: Mapping[str, Any] = PolicySchema().fields
_RULES: Mapping[str, Callable[[Any, Policy, Facts], str | None]] = {
    "send": _send,
    "import_payments": _import_payments,
    "go_live": _go_live,
    "line_without_tax": _line_without_tax,
    "zero_tax_code": _zero_tax_code,
    "withholding_tax_code": _zero_tax_code,
    "tax_agency": _tax_agency,
    "taxes": _taxes,
    "billable": _billable,
    "exchange_rate": _exchange_rate,
    "default_line_account": _account,
    "default_item_account": _account,
    "payable_accounts": _payable_accounts,
}
