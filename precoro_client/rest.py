"""Precoro's API over any collection: get, list, create, replace, patch.

Each request is counted before it is made, because the quota is the scarcest thing.
A record is addressed by its `id`, documents, payments and receipts by their running number, `idn` (docs/reference/precoro.md, Forms and addresses).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import BinaryIO, TypeVar
from urllib.parse import quote, urlencode

from outbound.errors import Landed, Refused, RemoteError
from outbound.multipart import Multipart
from outbound.quota import Budget
from outbound.response import Response
from outbound.session import OnCall, OnThrottled, Request, Session, ignore_call, ignore_throttled
from outbound.wire import JsonObject, to_json
from precoro_client.errors import extra_fields, read_created, read_record, read_response
from precoro_client.files import FILE_HOSTS
from precoro_client.forms import Fields, Parameters, encoded
from precoro_client.paging import PAGE_SIZE, Page, every_row, read_page

SERVICE = "Precoro"
TIMEOUT_SECONDS = 30.0
EXTERNAL_ID_LENGTH = 255
IDS_IN_A_FILTER = 50
"""How many ids are looked for in one call, so that its address stays short enough for every server between us."""
BY_NUMBER = frozenset({"expenses", "invoices", "payments", "purchaseorders", "receipts"})
FORM = "application/x-www-form-urlencoded"

T = TypeVar("T")


class RestClient:
    """One Precoro company, as the user of the key sees it.

    Args:
        base_url: INTERNATIONAL, UNITED_STATES or a stand-in
        email: of the user to whom the key belongs
        key: made in Precoro under Configuration, Integrations, API Key
        quota: asked before every request; reads are named, because the identical one is limited further
        on_call: told of every request
        on_throttled: told when the service asks us to call less often
        timeout: seconds for one request
        file_hosts: from which files are fetched when Precoro answers with an address, these and all below them
    """

    def __init__(
        self,
        *,
        base_url: str,
        email: str,
        key: str,
        quota: Budget,
        on_call: OnCall = ignore_call,
        on_throttled: OnThrottled = ignore_throttled,
        timeout: float = TIMEOUT_SECONDS,
        allowed_hosts: Collection[str] | None = None,
        file_hosts: Collection[str] = FILE_HOSTS,
    ) -> None:
        self._identity = {"X-AUTH-TOKEN": key, "email": email, "Accept": "application/json"}
        self._quota = quota
        self._file_hosts = file_hosts
        self._session = Session(
            base_url,
            service=SERVICE,
            timeout=timeout,
            on_call=on_call,
            on_throttled=on_throttled,
            allowed_hosts=allowed_hosts,
        )

    def get(self, collection: str, key: str | int) -> JsonObject:
        """Return one record; NotVisible when there is none or it is hidden from the user of the key."""
        read = partial(read_record, name=_key(collection), key=str(key))
        return self._read(f"/{collection}/{segment(key)}", (), read)

    def list(
        self, collection: str, *, modified_since: datetime | None = None, **filters: str | int | Sequence[str | int]
    ) -> Iterator[JsonObject]:
        """Yield every row of a collection, a call for each 200.

        Filters have Precoro's names; a sequence becomes as many values, as of `status[]`.
        """
        return every_row(lambda number: self.page(collection, number, modified_since=modified_since, **filters))

    def page(
        self,
        collection: str,
        number: int = 1,
        *,
        modified_since: datetime | None = None,
        **filters: str | int | Sequence[str | int],
    ) -> Page:
        """Return one page of a collection."""
        since = () if modified_since is None else (("modifiedSince", _stamp(modified_since)),)
        parameters = (*since, *encoded(filters), ("page", str(number)), ("per_page", str(PAGE_SIZE)))
        return self._read(f"/{collection}", parameters, partial(read_page, number=number))

    def find(self, collection: str, external_ids: Sequence[str]) -> Iterator[JsonObject]:
        """Yield the rows with one of these `externalId`: how to look whether a write of ours landed."""
        for start in range(0, len(external_ids), IDS_IN_A_FILTER):
            part = external_ids[start : start + IDS_IN_A_FILTER]
            rows = self.list(collection, external_id=part)
            yield from (row for row in rows if row.get("externalId") in part)

    def create(self, collection: str, fields: Fields, *, external_id: str | None = None) -> JsonObject:
        """Add a record and return it; Refused tells what is wrong, field by field.

        Whether a form may carry `externalId` is known for few collections. It is sent along, so that `find` shows whether the
        record was made; where Precoro refuses or ignores it, it is written by a second call, whose failure may leave a record
        without it.
        """
        if external_id is None:
            return self._create(collection, fields)
        _check_external_id(external_id)
        try:
            record = self._create(collection, {**fields, "externalId": external_id})
        except Refused as refusal:
            if not _is_about_external_id(refusal):
                raise
            record = self._create(collection, fields)
        return record if record.get("externalId") == external_id else self._tag(collection, record, external_id)

    def replace(self, collection: str, key: str | int, fields: Fields) -> JsonObject:
        """Write a whole record and return it; what the form leaves out is emptied, except `externalId`."""
        return self._send_form("PUT", f"/{collection}/{segment(key)}", fields)

    def patch(
        self, collection: str, key: str | int, *, external_id: str | None = None, log: str | None = None
    ) -> JsonObject:
        """Write `externalId` and `externalIntegrationLog` of any record; None leaves a field alone, "" empties it."""
        if external_id is not None:
            _check_external_id(external_id)
        fields = {"externalId": external_id, "externalIntegrationLog": log}
        form = {name: value for name, value in fields.items() if value is not None}
        return self._send_form("PATCH", f"/{collection}/{segment(key)}", form)

    def close(self) -> None:
        """Close the connections that are kept alive."""
        self._session.close()

    def _create(self, collection: str, fields: Fields) -> JsonObject:
        return self._send_form("POST", f"/{collection}", fields, partial(read_created, key=_key(collection)))

    def _tag(self, collection: str, record: JsonObject, external_id: str) -> JsonObject:
        """Write the external id of a record just created; an error says that the record may be there."""
        try:
            return self.patch(collection, record[_key(collection)], external_id=external_id)
        except RemoteError as error:
            error.landed = Landed.MAYBE
            raise

    def _read(
        self,
        path: str,
        params: Parameters,
        read: Callable[[Response], T],
        *,
        max_bytes: int | None = None,
        into: BinaryIO | None = None,
    ) -> T:
        self._quota.take(f"GET {path}?{urlencode(params)}")
        request = Request(
            method="GET", path=path, params=params, headers=self._identity, metered=True, max_bytes=max_bytes, into=into
        )
        return self._session.send(request, read)

    def _send_form(
        self, method: str, path: str, fields: Fields, read: Callable[[Response], JsonObject] = read_response
    ) -> JsonObject:
        return self._send(method, path, urlencode(encoded(fields)).encode(), FORM, read)

    def _send_json(self, method: str, path: str, body: Mapping[str, object]) -> JsonObject:
        return self._send(method, path, to_json(body).encode(), "application/json")

    def _send(
        self,
        method: str,
        path: str,
        body: bytes | Multipart,
        content_type: str,
        read: Callable[[Response], JsonObject] = read_response,
    ) -> JsonObject:
        self._quota.take()
        headers = {**self._identity, "Content-Type": content_type}
        request = Request(method=method, path=path, headers=headers, body=body, writes=True, metered=True)
        return self._session.send(request, read)


def segment(value: str | int) -> str:
    """Return a value as one segment of a path, which it cannot leave."""
    if str(value) in {"", ".", ".."}:
        raise ValueError(f"{str(value)!r} cannot be part of a path")
    return quote(str(value), safe="")


def _key(collection: str) -> str:
    return "idn" if collection in BY_NUMBER else "id"


def _stamp(moment: datetime) -> str:
    """Return a moment as Precoro's filters take it: UTC, whole seconds, no offset."""
    if moment.tzinfo is None:
        raise ValueError("A time for Precoro needs its offset")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _check_external_id(value: str) -> None:
    if len(value) > EXTERNAL_ID_LENGTH:
        raise ValueError(f"externalId has at most {EXTERNAL_ID_LENGTH} characters")


def _is_about_external_id(refusal: Refused) -> bool:
    """Say whether Precoro refused a form for its external id, named or as an extra field."""
    return "externalId" in refusal.fields or extra_fields(refusal) == {"it"}
