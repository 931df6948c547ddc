"""A section of the console: pages and actions, each of which says who may use it.

An action stands one word below the page that it is on, `/c/acme/documents/invoice:203/send`: it returns a sentence, and the
person is back on the page and reads it there. What it refuses is read there too.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import quote

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from workers.users.roles import Permission

View = Callable[..., ResponseReturnValue]
Act = Callable[..., str]
Begin = Callable[..., int]
ACCESS = "access"
"""The extension of the application that says who may use each endpoint."""
DONE, WRONG = "done", "wrong"
"""The categories of messages: what was done, and what went wrong."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who may use a route.

    Args:
        needs: what their role must allow, None for everybody
        needs_proof: whether they prove again who they are
        by_person: whether a person asks for it, and not an open page by itself
    """

    needs: Permission | None
    needs_proof: bool = False
    by_person: bool = True


class Section(Blueprint):
    """Some pages of one noun; `access` says for each endpoint who may use it."""

    def __init__(self, name: str) -> None:
        super().__init__(name, __name__)
        self._access: dict[str, Access] = {}

    @property
    def access(self) -> Mapping[str, Access]:
        """Return who may use each endpoint."""
        return {f"{self.name}.{endpoint}": access for endpoint, access in self._access.items()}

    def page(self, rule: str, *, needs: Permission | None) -> Callable[[View], View]:
        """Register a page: it changes nothing."""
        return lambda view: self._register(rule, view, "GET", Access(needs))

    def refreshing(self, rule: str, *, needs: Permission) -> Callable[[View], View]:
        """Register a part of a page that asks for itself again and again: it keeps nobody signed in."""
        return lambda view: self._register(rule, view, "GET", Access(needs, by_person=False))

    def reading(self, rule: str, *, needs: Permission, needs_proof: bool = False) -> Callable[[View], View]:
        """Register a page that costs calls to a service or shows a secret, so that it is a person who asks for it."""
        return lambda view: self._register(rule, view, "POST", Access(needs, needs_proof))

    def form(self, rule: str) -> Callable[[View], View]:
        """Register a form that is sent by people who are not signed in yet."""
        return lambda view: self._register(rule, view, "POST", Access(None))

    def action(self, rule: str, *, needs: Permission, needs_proof: bool = False) -> Callable[[Act], Act]:
        """Register an action: the person reads what it returns on the page that it is on."""

        def register(act: Act) -> Act:
            @wraps(act)
            def view(**names: Any) -> Response:
                flash(act(**names), DONE)
                return back_to_page()

            self._register(rule, view, "POST", Access(needs, needs_proof))
            return act

        return register

    def beginning(self, rule: str, *, needs: Permission) -> Callable[[Begin], Begin]:
        """Register what begins a long action: it returns the number of the task, on whose page the person watches it."""

        def register(begin: Begin) -> Begin:
            @wraps(begin)
            def view(**names: Any) -> Response:
                task = begin(**names)
                return redirect(url_for("tasks.page", connection=names["connection"], task=task), code=303)

            self._register(rule, view, "POST", Access(needs))
            return begin

        return register

    def _register(self, rule: str, view: View, method: str, access: Access) -> View:
        endpoint = view.__name__
        self.add_url_rule(rule, endpoint, view, methods=[method])
        self._access[endpoint] = access
        return view


def back_to_page() -> Response:
    """Return to the page of the action that this request is, with the same filters."""
    return redirect(with_filters(request.path.rpartition("/")[0] or "/"), code=303)


def with_filters(path: str) -> str:
    """Return the address of a path of ours with the query of this request; a line break in it stays quoted."""
    page, query = quote(path, safe="/:"), quote(request.query_string, safe=string.punctuation)
    return f"{page}?{query}" if query else page
