"""Rules that all name lists share: unique names, nesting, active or not."""

from __future__ import annotations

from typing import Any

from standins.quickbooks import errors
from standins.quickbooks.company import plans
from standins.quickbooks.company.draft import EntityDraft
from standins.quickbooks.lists.own_rules import OWN_RULES

Json = dict[str, Any]

MARKS = (" (deleted)", " (Deleted)")
"""What QuickBooks puts behind the name of what is inactive; the second one is older."""
DEEPEST = 5
NAMED = ("DisplayName", "Name", "FullyQualifiedName")
PARTS_OF_NAME = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")
NOUNS = {
    "Account": "account",
    "Class": "class",
    "Department": "location",
    "Item": "product or service",
    "Term": "term",
    "CompanyCurrency": "currency",
}


def check(draft: EntityDraft) -> None:
    """Complete a name-list entry and refuse what its list forbids."""
    if "DisplayName" in draft.entity.fields and draft.entity.is_name_list:
        _complete_display_name(draft)
    if draft.entity.is_name_list:
        _restore_name(draft)
        _nest(draft)
    own_rule = OWN_RULES.get(draft.entity.name)
    if own_rule:
        own_rule(draft)
    if draft.entity.is_name_list:
        _check_unique(draft)
        _check_usage(draft)
        _make_inactive(draft)
        _rename_children(draft)


def _complete_display_name(draft: EntityDraft) -> None:
    new = draft.new
    if not new.get("DisplayName"):
        words = [str(new[part]) for part in PARTS_OF_NAME if new.get(part)]
        if not words:
            raise errors.no_name()
        new["DisplayName"] = " ".join(words)
    if draft.entity.name != "Employee":
        new.setdefault("PrintOnCheckName", new.get("CompanyName") or new["DisplayName"])


def _restore_name(draft: EntityDraft) -> None:
    old, new = draft.old, draft.new
    if old is None or old.get("Active", True) or not new.get("Active", True):
        return
    for name in NAMED:
        if name in new:
            new[name] = unmarked(str(new[name]))


def unmarked(name: str) -> str:
    """Return a name without the mark of what is inactive."""
    return next((name.removesuffix(mark) for mark in MARKS if name.endswith(mark)), name)


def _nest(draft: EntityDraft) -> None:
    entity, new = draft.entity, draft.new
    if "FullyQualifiedName" not in entity.fields:
        return
    parent = _parent(draft)
    if parent is not None and _levels(draft, parent) >= DEEPEST:
        raise errors.too_deep()
    own = str(new[entity.name_field])
    new["FullyQualifiedName"] = f"{parent['FullyQualifiedName']}:{own}" if parent else own
    if "Level" in entity.fields and (parent or entity.name == "Customer"):
        new["Level"] = _levels(draft, parent) if parent else 0
    if entity.name == "Customer":
        new.setdefault("IsProject", False)


def _parent(draft: EntityDraft) -> Json | None:
    entity, new = draft.entity, draft.new
    reference = new.get("ParentRef")
    if draft.entity.parent_flag in draft.clean and draft.clean[draft.entity.parent_flag] is False:
        new.pop("ParentRef", None)
        return None
    if reference is None:
        if new.get(entity.parent_flag):
            raise errors.parent_required(entity.parent_flag)
        return None
    new[entity.parent_flag] = True
    return draft.company.get(entity.name, reference["value"])


def _levels(draft: EntityDraft, record: Json | None) -> int:
    levels = 0
    while record is not None:
        levels += 1
        above = record.get("ParentRef")
        record = draft.company.get(draft.entity.name, above["value"]) if above else None
    return levels


def _check_unique(draft: EntityDraft) -> None:
    new, entity = draft.new, draft.entity
    if not new.get("Active", True):
        return
    name = new["DisplayName"] if "DisplayName" in new else new.get("FullyQualifiedName", new.get("Name", ""))
    holder = draft.company.index.holder_of_name(entity, str(name), besides=draft.old["Id"] if draft.old else "")
    if holder is not None:
        raise errors.name_taken(_noun(draft, holder))


def _noun(draft: EntityDraft, holder: str) -> str:
    """Return what a refusal calls the holder of a name: customers are told apart from the kinds they share names with."""
    if draft.entity.name == "Customer" and draft.company.get("Customer", holder):
        return "customer"
    return NOUNS.get(draft.entity.name, "customer, vendor or employee")


def _check_usage(draft: EntityDraft) -> None:
    is_one_more = draft.new.get("Active", True) and not (draft.old and draft.old.get("Active", True))
    if is_one_more:
        plans.check_usage(draft.company, draft.entity)


def _make_inactive(draft: EntityDraft) -> None:
    new, old = draft.new, draft.old
    if new.get("Active", True):
        return
    if old is not None and old.get("Active", True) and _is_needed(draft, old):
        raise errors.has_balance(str(old.get("DisplayName", "")))
    for name in NAMED:
        if name in new and not str(new[name]).endswith(MARKS):
            new[name] = f"{new[name]}{draft.company.settings.inactive_mark}"


def _is_needed(draft: EntityDraft, old: Json) -> bool:
    """Tell whether balance or open orders keep an entry active, as settings say."""
    settings, orders = draft.company.settings, draft.company.rows("PurchaseOrder")
    if settings.refuse_inactive_with_balance and old.get("Balance"):
        return True
    if not settings.refuse_inactive_with_open_orders or draft.entity.name != "Vendor":
        return False
    return any(order["VendorRef"]["value"] == old["Id"] and order["POStatus"] == "Open" for order in orders)


def _rename_children(draft: EntityDraft) -> None:
    old, new, company = draft.old, draft.new, draft.company
    if old is None or old.get("FullyQualifiedName") == new.get("FullyQualifiedName"):
        return
    before = f"{old.get('FullyQualifiedName')}:"
    for child in list(company.rows(draft.entity.name)):
        path = str(child.get("FullyQualifiedName", ""))
        if path.startswith(before):
            renamed = f"{new['FullyQualifiedName']}:{path.removeprefix(before)}"
            company.touch(draft.entity, child["Id"], FullyQualifiedName=renamed)
