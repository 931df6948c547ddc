"""What every view of the API has at hand to find and answer records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Response, g, jsonify, request

from standins.precoro.company import now, stamp
from standins.precoro.http.forms import InvalidError
from standins.precoro.http.listing import chosen, page
from standins.precoro.http.refusals import HiddenError, NoRecordError
from standins.precoro.http.rendering import render, render_row, style_of
from standins.precoro.settings import hides

if TYPE_CHECKING:
    from standins.precoro.company import CompanyRecords, Record
    from standins.precoro.events import Pings
    from standins.precoro.settings import PrecoroSettings


@dataclass(frozen=True)
class Desk:
    """Answers for the company whose key came with the request."""

    settings: PrecoroSettings
    pings: Pings

    @property
    def company(self) -> CompanyRecords:
        """The company of the key."""
        company: CompanyRecords = g.company
        return company

    def hides(self, collection: str, record: Record) -> bool:
        """Tell whether the user of the key may not see a record."""
        return hides(self.settings, collection, record)

    def existing(self, collection: str, key: str) -> Record:
        """Return the record that a path names; NotFoundError or HiddenError."""
        record = self.company.find(collection, key)
        if record is None:
            raise NoRecordError
        if self.hides(collection, record):
            raise HiddenError if self.settings.hidden_status == HTTPStatus.FORBIDDEN else NoRecordError
        return record

    def rows(self, collection: str, records: list[Record]) -> Response:
        """Answer the page that the query asks for, of records that the user may see."""
        visible = [record for record in records if not self.hides(collection, record)]
        rows, meta = page(chosen(visible, request.args), request.args, self.settings.pagination)
        style = style_of(self.settings)
        data = [render_row(self.company, collection, row, style) for row in rows]
        return jsonify({"data": data} if collection == "legalentities" else {"data": data, "meta": meta})

    def whole(self, collection: str, record: Record) -> Response:
        """Answer a record as the single GET shows it."""
        return jsonify(render(self.company, collection, record, style_of(self.settings)))

    def written(self, collection: str, record: Record, *, moved: bool = False) -> Response:
        """Answer a record that was just written, and fire its webhook; `moved` moves updateDate."""
        if "updateDate" in record and (moved or self.settings.patch_moves_update_date):
            record["updateDate"] = stamp(now())
        self.pings.own(self.company, collection, record)
        return self.whole(collection, record)


@dataclass(frozen=True)
class Route:
    """One call of the API: its view gets desk, path and what is fixed."""

    method: str
    path: str
    view: Callable[..., Any]
    fixed: Mapping[str, str] = field(default_factory=dict)


def json_object() -> dict[str, Any]:
    """Return the JSON object that was sent, or raise InvalidError."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise InvalidError({"": "Invalid JSON."})
    return body
