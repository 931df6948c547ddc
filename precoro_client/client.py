"""Precoro as Tieout uses it: few calls, each counted before it is made, because its quota is the scarcest thing there is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal, TypeAlias
from urllib.parse import quote, urlencode

from outbound.answers import Answer
from outbound.quota import Budget
from outbound.session import OnCall, Request, Session, ignore_call
from outbound.wire import JsonObject
from precoro_client.errors import read_answer, read_list
from precoro_client.paging import PAGE_SIZE, Page, every_row, read_page

SERVICE = "Precoro"
INTERNATIONAL = "https://api.precoro.com"
UNITED_STATES = "https://api.precoro.us"
TIMEOUT_SECONDS = 30.0
EXTERNAL_ID_LENGTH = 255

Kind: TypeAlias = Literal["purchase_order", "invoice"]
Level: TypeAlias = Literal["item", "document"]
Parameters: TypeAlias = tuple[tuple[str, str], ...]

COLLECTIONS: Mapping[str, str] = {"purchase_order": "purchaseorders", "invoice": "invoices"}


class PrecoroClient:
    """One Precoro company, as the user of the key sees it.

    Args:
        base_url: INTERNATIONAL, UNITED_STATES or a stand-in
        email: of the user to whom the key belongs
        key: made in Precoro under Configuration, Integrations, API Key
        quota: asked before every request; reads are named, because the identical one is limited further
        on_call: told of every request
        timeout: seconds for one request
    """

    def __init__(
        self,
        *,
        base_url: str,
        email: str,
        key: str,
        quota: Budget,
        on_call: OnCall = ignore_call,
        timeout: float = TIMEOUT_SECONDS,
        allowed_hosts: Collection[str] | None = None,
    ) -> None:
        self._identity = {"X-AUTH-TOKEN": key, "email": email, "Accept": "application/json"}
        self._quota = quota
        self._session = Session(
            base_url, service=SERVICE, timeout=timeout, on_call=on_call, allowed_hosts=allowed_hosts
        )

    def get_document(self, kind: Kind, idn: str | int) -> JsonObject:
        """Return a purchase order, invoice or credit note with its lines, by its running number; NotVisible when hidden."""
        return self._get(f"/{COLLECTIONS[kind]}/{_segment(idn)}", (), read_answer)

    def patch_document(
        self, kind: Kind, idn: str | int, *, external_id: str | None = None, log: str | None = None
    ) -> JsonObject:
        """Write the id in QuickBooks and the message that people see back to a document; None leaves a field alone."""
        return self.patch(COLLECTIONS[kind], idn, external_id=external_id, log=log)

    def patch(
        self, collection: str, key: str | int, *, external_id: str | None = None, log: str | None = None
    ) -> JsonObject:
        """Write `externalId` and `externalIntegrationLog` of any record and return what Precoro answers."""
        fields = {"externalId": external_id, "externalIntegrationLog": log}
        form = tuple((name, value) for name, value in fields.items() if value is not None)
        if external_id is not None and len(external_id) > EXTERNAL_ID_LENGTH:
            raise ValueError(f"externalId has at most {EXTERNAL_ID_LENGTH} characters")
        return self._send_form("PATCH", f"/{collection}/{_segment(key)}", form)

    def documents_since(self, kind: Kind, since: datetime, *, page: int = 1) -> Page:
        """Return up to 200 shortened rows of documents modified since an aware moment: one call."""
        return self.page(COLLECTIONS[kind], page, modified_since=since)

    def list(
        self, collection: str, *, modified_since: datetime | None = None, **filters: str | int | Sequence[str | int]
    ) -> Iterator[JsonObject]:
        """Yield every row of a collection, a call for each 200; filters as Precoro names them, a sequence for `status[]`."""
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
        parameters = (*since, *_flat(filters), ("page", str(number)), ("per_page", str(PAGE_SIZE)))
        return read_page(self._get(f"/{collection}", parameters, read_list), number)

    def suppliers(self, *, modified_since: datetime | None = None) -> Iterator[JsonObject]:
        """Yield the suppliers."""
        return self.list("suppliers", modified_since=modified_since)

    def supplier(self, supplier_id: int) -> JsonObject:
        """Return one supplier."""
        return self._get(f"/suppliers/{_segment(supplier_id)}", (), read_answer)

    def items(self, *, modified_since: datetime | None = None) -> Iterator[JsonObject]:
        """Yield the catalogue items."""
        return self.list("items", modified_since=modified_since)

    def fields(self, level: Level) -> Iterator[JsonObject]:
        """Yield the custom fields of items or documents."""
        return self.list(f"{level}customfields")

    def options(self, level: Level, field_id: int) -> Iterator[JsonObject]:
        """Yield the options of a custom field."""
        return self.list(f"{level}customfields/{_segment(field_id)}/options")

    def taxes(self) -> Iterator[JsonObject]:
        """Yield the taxes."""
        return self.list("taxes")

    def payment_terms(self) -> Iterator[JsonObject]:
        """Yield the payment terms."""
        return self.list("paymentterms")

    def locations(self) -> Iterator[JsonObject]:
        """Yield the locations."""
        return self.list("locations")

    def legal_entities(self) -> Iterator[JsonObject]:
        """Yield the legal entities."""
        return self.list("legalentities")

    def check(self) -> int | None:
        """Make the smallest useful call and return how many suppliers the key sees, when Precoro says; WrongKey when refused."""
        return self.page("suppliers").total

    def close(self) -> None:
        """Close the connections that are kept alive."""
        self._session.close()

    def _get(self, path: str, params: Parameters, read: Callable[[Answer], JsonObject]) -> JsonObject:
        self._quota.take(f"GET {path}?{urlencode(params)}")
        request = Request(method="GET", path=path, params=params, headers=self._identity, metered=True)
        return self._session.send(request, read)

    def _send_form(self, method: str, path: str, form: Parameters) -> JsonObject:
        self._quota.take()
        request = Request(
            method=method,
            path=path,
            headers={**self._identity, "Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode(form).encode(),
            writes=True,
            metered=True,
        )
        return self._session.send(request, read_answer)


def _flat(filters: Mapping[str, str | int | Sequence[str | int]]) -> Parameters:
    """Return filters as query parameters: a sequence becomes `name[]` once for each value."""
    found: list[tuple[str, str]] = []
    for name, value in filters.items():
        if isinstance(value, str | int):
            found.append((name, str(value)))
        else:
            found += [(f"{name}[]", str(one)) for one in value]
    return tuple(found)


def _stamp(moment: datetime) -> str:
    """Return a moment as Precoro's filters take it: UTC, whole seconds, no offset."""
    if moment.tzinfo is None:
        raise ValueError("A time for Precoro needs its offset")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _segment(value: str | int) -> str:
    return quote(str(value), safe="")
