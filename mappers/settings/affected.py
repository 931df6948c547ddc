"""Which documents a change of settings affects: those that it may send."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from mappers.policy import Policy, dump_policy
from mappers.problems import CODES

_TAXES = ("taxes",)
_ZERO = ("taxes", "line_without_tax", "zero_tax_code")

PUT_RIGHT_BY: Mapping[str, Collection[str]] = {
    **dict.fromkeys(CODES, ()),
    "period_closed": ("closed_period",),
    "supplier_not_paired": ("create_missing_vendors",),
    "rate_missing": ("exchange_rate",),
    "rate_is_one": ("exchange_rate", "pegged_currencies"),
    "rate_base_unknown": ("exchange_rate",),
    "rate_of_another_home": ("exchange_rate",),
    "rate_unproven": ("exchange_rate",),
    "rate_unclear": ("exchange_rate",),
    "payable_account_missing": ("payable_accounts",),
    "payable_account_unusable": ("payable_accounts",),
    "account_missing": ("default_line_account",),
    "several_locations": ("several_locations",),
    "tax_missing": _ZERO,
    "zero_code_unusable": _ZERO,
    "withholding_code_unusable": ("taxes", "withholding_tax_code"),
    "tax_not_paired": _TAXES,
    "tax_rate_unusable": _TAXES,
    "tax_rate_differs": _TAXES,
    "tax_code_missing": _TAXES,
    "tax_code_ambiguous": _TAXES,
    "tax_partly_recoverable": _TAXES,
    "tax_compound": _TAXES,
    "tax_reverse_charge": _TAXES,
    "tax_sums_unclear": _TAXES,
    "possible_duplicate": ("bill_number",),
    "waits_for_predecessor": ("send",),
    "order_is_later": ("send", "bill_before_order"),
    "changed_in_quickbooks": ("changed_in_quickbooks", "changed_fields"),
    "deleted_in_quickbooks": ("deleted_in_quickbooks",),
    "bill_locked": ("paid_bills",),
    "refused_by_quickbooks": ("unit_price_decimals",),
}
"""For each code of a problem, the settings that can put it right; all others need the document, a pair or QuickBooks."""


@dataclass(frozen=True, slots=True)
class DocumentState:
    """The state of a document, its problem codes, and how far it is.

    What is ready has problems before its connection is live: those it would be held for. What is left out is so for its kind.
    """

    kind: str
    state: str
    codes: Collection[str] = ()
    is_sent: bool = False
    is_pending: bool = False


def changed_settings(before: Policy, after: Policy) -> dict[str, tuple[Any, Any]]:
    """Return each setting that differs, with both values as JSON."""
    old, new = dump_policy(before), dump_policy(after)
    return {name: (old[name], new[name]) for name in new if old[name] != new[name]}


def is_affected(before: Policy, after: Policy, document: DocumentState) -> bool:
    """Tell whether this change of settings may send a waiting document.

    It may also settle that the document is never sent.
    """
    names = changed_settings(before, after).keys()
    if document.state == "never":
        return sends(after, document.kind) and not sends(before, document.kind)
    if document.codes:
        return _may_put_right(names, document.codes) or _no_longer_sent(before, after, document)
    if document.state == "ready":
        return after.automatic and not before.automatic
    started = after.pending_too and not before.pending_too
    return document.state == "open" and document.is_pending and started and sends(after, document.kind)


def sends(policy: Policy, kind: str) -> bool:
    """Tell whether documents of this kind are sent."""
    return policy.send in ("both", f"{kind}s")


def _may_put_right(names: Collection[str], codes: Collection[str]) -> bool:
    return any(name in PUT_RIGHT_BY.get(code, ()) for code in codes for name in names)


def _no_longer_sent(before: Policy, after: Policy, document: DocumentState) -> bool:
    """Tell whether what is held was never sent, and need not be any more."""
    return not document.is_sent and sends(before, document.kind) and not sends(after, document.kind)
