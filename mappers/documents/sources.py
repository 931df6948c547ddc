"""What Precoro says about coding: a later version changes a field in QuickBooks only where this has changed.

So a new default account, pair or setting changes nothing that was sent.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from mappers.books import Books
from mappers.documents.differences import keys_in_order, plain
from mappers.documents.document import Document, OptionValue
from mappers.documents.header import Mapped
from mappers.documents.links import parted
from mappers.documents.outcomes import Sent
from mappers.documents.preview import LISTS
from mappers.documents.references import options_of_kind

_HEADER = ("APAccountRef", "SalesTermRef", "DepartmentRef", "ClassRef")
_LINE = ("AccountRef", "ItemRef", "ClassRef", "CustomerRef")


def sources(document: Document, books: Books) -> dict[str, str]:
    """Return what each field of coding follows from in Precoro, by the field, or by line and field as in `77001.AccountRef`."""
    every = [document.options, *(line.options for line in document.lines)]
    header = {
        "APAccountRef": document.currency,
        "SalesTermRef": str(document.payment_term_id),
        "DepartmentRef": _chosen(every, "location", books),
        "ClassRef": _chosen(every, "class", books),
    }
    for line in document.lines:
        options = [line.options, document.options]
        of_line = {
            "AccountRef": _chosen(options, "account", books),
            "ItemRef": str(line.item_id),
            "ClassRef": _chosen(options, "class", books),
            "CustomerRef": _chosen(options, "customer", books),
        }
        header |= {f"{line.key}.{field}": text for field, text in of_line.items()}
    return header


def with_sent_coding(mapped: Mapped, sent: Sent, books: Books) -> Mapped:
    """Return what is mapped with the coding that was sent, where Precoro says the same as then and its entry can still be used."""
    body = dict(mapped.body)
    for name in _HEADER:
        if _is_same(name, mapped, sent) and _is_usable(sent.body.get(name), name, books):
            _take(body, sent.body, name)
    before = dict(zip(keys_in_order(sent.line_ids, sent.answer), sent.body.get("Line") or [], strict=False))
    lines = [
        _line(key, line, before.get(key), mapped, sent, books)
        for key, line in zip(mapped.line_keys, body["Line"], strict=True)
    ]
    return replace(mapped, body={**body, "Line": lines})


def _line(
    key: str, line: Mapping[str, Any], before: Mapping[str, Any] | None, mapped: Mapped, sent: Sent, books: Books
) -> dict[str, Any]:
    """Return a line with the coding with which it was sent, where that is kept."""
    kind = line["DetailType"]
    if before is None or before.get("DetailType") != kind:
        return dict(line)
    detail, old = dict(line[kind]), before[kind]
    for name in _LINE:
        if _is_same(f"{parted(key)[0]}.{name}", mapped, sent) and _is_usable(old.get(name), name, books):
            _take(detail, old, name)
            if name == "CustomerRef":
                _take(detail, old, "BillableStatus")
    return {**line, kind: detail}


def _is_same(source: str, mapped: Mapped, sent: Sent) -> bool:
    """Tell whether Precoro says the same as when it was sent."""
    return source in sent.sources and sent.sources[source] == mapped.sources.get(source)


def _is_usable(reference: Mapping[str, Any] | None, name: str, books: Books) -> bool:
    """Tell whether what was sent can be sent again: nothing, or an entry that is active."""
    return reference is None or (LISTS[name], str(plain(reference))) in books.active_in_sent


def _take(target: dict[str, Any], before: Mapping[str, Any], name: str) -> None:
    """Set a field as it was sent, or leave it out as then."""
    target.pop(name, None)
    if name in before:
        target[name] = copy.deepcopy(before[name])


def _chosen(options: Iterable[Iterable[OptionValue]], kind: str, books: Books) -> str:
    """Return the options of a kind that are chosen, in a form that can be compared."""
    chosen = [option for level in options for option in options_of_kind(level, kind, books)]
    return ";".join(f"{option.field_id}={option.option_id or option.value}*{option.share or ''}" for option in chosen)
