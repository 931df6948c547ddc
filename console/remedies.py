"""Remedies on a page: for each act the page where it is done, or the button that does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import url_for

from mappers.remedies import Act, ActName, Remedy


@dataclass(frozen=True, slots=True)
class Place:
    """Where an act is done: the page's endpoint, and the words on the way there.

    With `posts` the way is a button that acts at once, and `fields` are the arguments that go along under another name.
    """

    label: str
    endpoint: str
    posts: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)


PLACES: Mapping[ActName, Place] = {
    "show_document": Place("Open the document", "documents.page"),
    "list_documents": Place("All documents", "documents.list_"),
    "send_document": Place("Send it now", "documents.send", posts=True),
    "retry_files": Place("Try the files again", "documents.retry_files", posts=True),
    "send_anyway": Place("Send it all the same", "documents.send", posts=True, fields={"problem": "accept"}),
    "ignore_document": Place("Leave it out", "documents.page"),
    "adopt_document": Place("Let it stand for this one", "documents.page"),
    "keep_document": Place("Keep what QuickBooks holds", "documents.keep", posts=True),
    "show_payment": Place("Open the payment", "payments.page"),
    "list_payments": Place("All payments", "payments.list_"),
    "retry_payment": Place("Try it again", "payments.retry", posts=True),
    "accept_payment": Place(
        "Bring it all the same", "payments.retry", posts=True, fields={"payment_problem": "accept"}
    ),
    "ignore_payment": Place("Leave it out", "payments.page"),
    "overwrite_document": Place("Write Precoro's figures", "documents.overwrite", posts=True),
    "list_tasks": Place("All tasks", "tasks.list_"),
    "show_task": Place("See the task", "tasks.page"),
    "cancel_task": Place("Cancel it", "tasks.cancel", posts=True),
}
"""The place of every act that a page has. What is done to processes and files is done on the machine."""
NAMES = {"document", "connection", "payment", "supplier", "product", "task", "list", "tax"}
"""Arguments that name what a page is about; others are fields of its form."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to carry out a remedy: an address to go to, or a form to send with these fields."""

    label: str
    address: str
    posts: bool
    fields: Mapping[str, str]


def ways(remedy: Remedy, context: Mapping[str, str]) -> list[Way]:
    """Return the ways of a remedy; `context` holds arguments that its acts lack, such as the connection."""
    return [_way(PLACES[act.name], act, context) for act in remedy.acts if act.name in PLACES]


def _way(place: Place, act: Act, context: Mapping[str, str]) -> Way:
    arguments = {**context, **act.arguments}
    fields = {name: arguments[argument] for argument, name in place.fields.items() if argument in arguments}
    named: dict[str, Any] = {name: value for name, value in arguments.items() if name in NAMES}
    return Way(place.label, url_for(place.endpoint, **named), place.posts, fields)
