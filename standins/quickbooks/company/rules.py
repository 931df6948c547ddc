"""Rules of CompanyInfo and Preferences."""

from __future__ import annotations

from standins.quickbooks import errors
from standins.quickbooks.company.draft import EntityDraft
from standins.quickbooks.errors import QuickBooksFault


def merge_preferences(draft: EntityDraft) -> None:
    """Lay each group of preferences over what is there."""
    for group, value in draft.clean.items():
        if not isinstance(value, dict):
            raise QuickBooksFault(errors.unsupported_property(group))
        draft.new[group] = {**(draft.old or {}).get(group, {}), **value}
    if draft.old is not None:
        draft.new = {**draft.old, **draft.new}
