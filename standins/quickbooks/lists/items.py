"""What the list of products and services asks of an entry: accounts, category, stock."""

from __future__ import annotations

from standins.quickbooks import errors
from standins.quickbooks.company.draft import EntityDraft
from standins.quickbooks.errors import QuickBooksFault

OF_CATEGORIES = frozenset({"Name", "Type", "ParentRef", "SubItem", "Active", "Level", "FullyQualifiedName"})


def complete(draft: EntityDraft) -> None:
    """Complete an item, and refuse what its list forbids."""
    new, clean = draft.new, draft.clean
    kind = new["Type"]
    if kind == "Group" and not draft.caller.person:
        raise errors.unsupported_operation("create Item of type Group")
    if kind in {"Service", "NonInventory"} and not (new.get("IncomeAccountRef") or new.get("ExpenseAccountRef")):
        raise errors.business("You must select an account for this transaction.")
    if kind == "Category":
        _category(draft)
    elif new.get("ParentRef"):
        _check_category(draft)
    if kind == "Inventory":
        _inventory(draft)
    tracked = draft.old is not None and draft.old.get("TrackQtyOnHand")
    if tracked and clean.get("TrackQtyOnHand") is False:
        raise errors.business("You can't turn off quantity tracking of an inventory item.")


def _category(draft: EntityDraft) -> None:
    """Leave a category nothing but its name and the category above it; it is always active."""
    new = draft.new
    if not new.get("Active", True):
        raise errors.business("A category can't be made inactive.")
    for name in [name for name in new if name in draft.entity.fields and name not in OF_CATEGORIES]:
        del new[name]
    if new.get("ParentRef"):
        _check_category(draft)


def _check_category(draft: EntityDraft) -> None:
    parent = draft.company.get("Item", draft.new["ParentRef"]["value"]) or {}
    if parent.get("Type") != "Category":
        raise errors.wrong_parent(f"{parent.get('Name')} is not a category")


def _inventory(draft: EntityDraft) -> None:
    new = draft.new
    new["TrackQtyOnHand"] = True
    if not new.get("AssetAccountRef"):
        detail = "An inventory assetaccount is required if you are tracking inventory quantities for this product."
        message = "Required param missing, need to supply the required value for the API"
        raise QuickBooksFault(errors.FaultEntry(2020, message, detail, "AssetAccountRef"))
    for name in ("IncomeAccountRef", "ExpenseAccountRef", "InvStartDate"):
        if not new.get(name):
            raise QuickBooksFault(errors.required(name))
    if new.get("QtyOnHand") is None:
        raise errors.quantity_required()
