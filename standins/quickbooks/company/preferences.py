"""Preferences and company info by dotted names, as settings and seeds write them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from standins.control.body import WrongInputError

Json = dict[str, Any]

EXCLUSIVE = (("ClassTrackingPerTxn", "ClassTrackingPerTxnLine"),)
"""Of these accounting preferences only one can be on: switching one on switches the other off."""
IN_OTHER = frozenset({"UseCustomTxnNumbers", "PurchseOrderEnabled"})
"""Purchase preferences that QBO lists as NameValue under OtherPrefs, with the name of their group in front."""


def shown(preferences: Json, left_out: list[str]) -> Json:
    """Return preferences as answers show them: without those left out, unless one of these says "false"."""
    pairs = preferences.get("OtherPrefs", {}).get("NameValue", [])
    listed = [pair for pair in pairs if pair["Name"] not in left_out or str(pair["Value"]).lower() == "false"]
    return {**preferences, "OtherPrefs": {**preferences.get("OtherPrefs", {}), "NameValue": listed}}


def changed(preferences: Json, changes: dict[str, Any]) -> Json:
    """Return preferences with dotted names laid over ("AccountingInfoPrefs.BookCloseDate": "2026-10-31"); None removes.

    Groups may also be nested: {"AccountingInfoPrefs": {"BookCloseDate": "2026-10-31"}}.
    """
    result = deepcopy(preferences)
    for path, value in changes.items():
        if isinstance(value, dict) and "." not in path:
            for name, inner in value.items():
                _set(result, f"{path}.{name}", inner)
        else:
            _set(result, path, value)
    for first, second in EXCLUSIVE:
        group = result.get("AccountingInfoPrefs", {})
        if group.get(first) and group.get(second):
            group[second if first in _names(changes) else first] = False
    return result


def _names(changes: dict[str, Any]) -> set[str]:
    """Return the names of preferences that changes switch on, without their groups."""
    nested = {name: on for path, value in changes.items() if isinstance(value, dict) for name, on in value.items()}
    return {path.rpartition(".")[2] for path, value in {**changes, **nested}.items() if value is True}


def _set(preferences: Json, path: str, value: Any) -> None:
    group, _, name = path.partition(".")
    if not name:
        group, name = "OtherPrefs", path
    short = name.rpartition(".")[2]
    if short in IN_OTHER:
        group, name = "OtherPrefs", f"VendorAndPurchasesPrefs.{short}"
    if not group.endswith("Prefs"):
        raise WrongInputError(f"Unknown preference {path!r}")
    if group == "OtherPrefs":
        _set_pair(preferences.setdefault(group, {}).setdefault("NameValue", []), name, value)
    elif value is None:
        preferences.setdefault(group, {}).pop(name, None)
    else:
        reference = name == "HomeCurrency" and isinstance(value, str)
        preferences.setdefault(group, {})[name] = {"value": value} if reference else value


def _set_pair(pairs: list[Json], name: str, value: Any) -> None:
    written = str(value).lower() if isinstance(value, bool) else value
    pairs[:] = [pair for pair in pairs if pair["Name"] != name]
    if written is not None:
        pairs.append({"Name": name, "Value": str(written)})


def with_info_value(info: Json, name: str, value: str) -> Json:
    """Return company info with one NameValue replaced ("OfferingSku", "SubscriptionStatus")."""
    result = deepcopy(info)
    _set_pair(result.setdefault("NameValue", []), name, value)
    return result
