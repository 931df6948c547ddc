"""An HTTP response of a remote service, and what can be read from it whoever sent it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from outbound.errors import CallDetails, Redirected, ServerTrouble, WrongRecord
from outbound.wire import JsonObject, from_json

SERVER_ERROR = 500
REDIRECT = 300
CLIENT_ERROR = 400
LONGEST_WAIT = 32 * 86400.0
"""Seconds. The longest that is meant is to the end of a month, when metered calls are used up (docs/reference/quickbooks.md, Reads and quotas)."""
MOST_SHOWN = 80
"""Characters that a sentence shows of what was not expected."""
NOT_TAKEN = frozenset({400, 405, 411, 413, 414, 415, 422, 431})
"""Statuses that refuse a request for its form, whatever body comes with them: it never reached the application's work."""


@dataclass(frozen=True, kw_only=True)
class Response:
    """Status, headers (any case) and body of one response, with the id of its request."""

    service: str
    status: int
    headers: Mapping[str, str]
    content: bytes
    request_id: str | None = None

    @property
    def ok(self) -> bool:
        """Whether the status is one of success."""
        return self.status < REDIRECT

    @property
    def tid(self) -> str | None:
        """Intuit's trace id."""
        return self.headers.get("intuit_tid")

    def json(self) -> Any:
        """Return the body as JSON, or None when it is not JSON."""
        try:
            return from_json(self.content)
        except ValueError:
            return None

    def details(self, text: str = "", *, code: str | None = None, element: str | None = None) -> CallDetails:
        """Return what an error should carry of this response."""
        return CallDetails(
            service=self.service,
            status=self.status,
            code=code,
            tid=self.tid,
            request_id=self.request_id,
            text=text,
            element=element,
        )

    def unreadable(self) -> ServerTrouble:
        """Return the error for what is no answer of the API: a redirect, a page, a cut body."""
        if REDIRECT <= self.status < CLIENT_ERROR:
            return Redirected(self.details())
        return ServerTrouble(self.details(self._shape()), retry_after=self.retry_after())

    def json_object(self) -> JsonObject:
        """Return the body as a JSON object; ServerTrouble when it is anything else."""
        body = self.json()
        if not isinstance(body, dict):
            raise self.unreadable()
        return body

    def wrong_record(self, expected: str, answered: object) -> WrongRecord:
        """Return the error for an answer about another record than the expected one."""
        text = f"Asked for {expected}, it answered with {str(answered)[:MOST_SHOWN] or 'nothing'}."
        return WrongRecord(self.details(text))

    def sent_at(self) -> datetime:
        """Return the time at the other side, by its Date header, else ours; UTC."""
        return _http_date(self.headers.get("Date")) or datetime.now(UTC)

    def retry_after(self) -> float | None:
        """Return the seconds of the Retry-After header (a number or a date), or None."""
        value = self.headers.get("Retry-After", "").strip()
        if value.isdecimal():
            return min(float(value), LONGEST_WAIT)
        until = _http_date(value)
        return self.seconds_until(until) if until else None

    def seconds_until(self, moment: datetime) -> float:
        """Return how long it is from the response to a moment, at most LONGEST_WAIT."""
        return min(max(0.0, (moment - self.sent_at()).total_seconds()), LONGEST_WAIT)

    def _shape(self) -> str:
        """Say what kind of body came, without quoting what may be private."""
        kind = self.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if not self.content.strip():
            return "The answer was empty."
        if kind == "text/html" or self.content.lstrip()[:1] == b"<":
            return "The answer was a page and not data."
        return "The answer could not be read."


def _http_date(value: str | None) -> datetime | None:
    """Return an HTTP date as UTC, or None when it is not one."""
    try:
        moment = parsedate_to_datetime(value or "")
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
