"""One QuickBooks company over HTTP.

Reads are metered, writes carry a request id, and each failure says whether it landed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias, TypeVar

from outbound.errors import NotFound, RemoteError, TokenRejected
from outbound.multipart import Multipart
from outbound.quota import Budget
from outbound.session import OnCall, OnThrottled, Request, Session, ignore_call, ignore_throttled
from outbound.wire import JsonObject, new_rows, to_json
from qbo_client import readers
from qbo_client.errors import error_in
from qbo_client.files import File, encode, is_attached_to, read_upload
from qbo_client.query import MAX_ROWS, Select, select
from qbo_client.readers import Reader

SERVICE = "QuickBooks"
PRODUCTION = "https://quickbooks.api.intuit.com"
SANDBOX = "https://sandbox-quickbooks.api.intuit.com"
MINOR_VERSION = "75"
TIMEOUT_SECONDS = 125.0
REQUEST_ID_LENGTH = 50
BATCH_ITEMS = 30
BATCH_REQUEST_ID_LENGTH = 36

Body: TypeAlias = tuple[bytes | Multipart, str]
"""The body of a request and its Content-Type."""

T = TypeVar("T")


class QboClient:
    """One QuickBooks company.

    Args:
        base_url: PRODUCTION, SANDBOX or a stand-in
        realm: the id of the company
        token: gives the access token that is valid now
        refresh: is given the token that QuickBooks refused, and gives a newer one
        quota: asked before every request
        on_call: told of every request
        on_throttled: told when the service asks us to call less often
        timeout: QuickBooks itself gives up after 120 seconds
    """

    def __init__(
        self,
        *,
        base_url: str,
        realm: str,
        token: Callable[[], str],
        refresh: Callable[[str], str],
        quota: Budget,
        on_call: OnCall = ignore_call,
        on_throttled: OnThrottled = ignore_throttled,
        timeout: float = TIMEOUT_SECONDS,
        allowed_hosts: Collection[str] | None = None,
    ) -> None:
        self.realm = realm
        self._token = token
        self._refresh = refresh
        self._quota = quota
        self._session = Session(
            base_url,
            service=SERVICE,
            timeout=timeout,
            on_call=on_call,
            on_throttled=on_throttled,
            allowed_hosts=allowed_hosts,
        )

    def create(
        self, kind: str, body: Mapping[str, object], *, request_id: str, include: str | None = None
    ) -> JsonObject:
        """Create an entity and return it as QuickBooks keeps it; `include` as in `allowduplicatedocnum`."""
        return self._write(kind, body, request_id, {"include": include})

    def update(
        self, kind: str, body: Mapping[str, object], *, request_id: str, include: str | None = None
    ) -> JsonObject:
        """Change an entity; Stale when somebody changed it meanwhile.

        The body has Id, SyncToken and, for a sparse update, `sparse`.
        """
        return self._write(kind, body, request_id, {"include": include})

    def delete(self, kind: str, qbo_id: str, sync_token: str, *, request_id: str) -> JsonObject:
        """Delete a transaction and return what is left: Id, domain and status."""
        body = {"Id": qbo_id, "SyncToken": sync_token}
        return self._write(kind, body, request_id, {"operation": "delete"})

    def void(self, kind: str, qbo_id: str, sync_token: str, *, request_id: str) -> JsonObject:
        """Void a bill payment or a purchase, which opens its bills again; returns what is left."""
        body = {"Id": qbo_id, "SyncToken": sync_token, "sparse": True}
        return self._write(kind, body, request_id, {"operation": "update", "include": "void"})

    def read(self, kind: str, qbo_id: str) -> JsonObject:
        """Return one entity; NotFound when it was deleted. Metered."""
        return self._get(f"{kind.lower()}/{_segment(qbo_id)}", {}, readers.entity(kind, qbo_id))

    def query(self, statement: Select) -> list[JsonObject]:
        """Return the rows of one answer, at most 1,000. Metered."""
        return self._query(statement, readers.rows(statement.entity))

    def count(self, statement: Select) -> int:
        """Return the number that a `count(*)` statement asks for. Metered."""
        return self._query(statement, readers.count())

    def query_all(self, statement: Select, *, page: int = MAX_ROWS) -> Iterator[JsonObject]:
        """Yield every row once, whatever is added or deleted meanwhile. Metered by page.

        A page starts after the last Id of the one before: counting rows would skip some when others are deleted.
        """
        if statement.order or statement.rows is not None:
            raise ValueError("The paging decides about order and rows")
        ids: set[str] = set()
        last: str | None = None
        while True:
            after = statement.where("Id", ">", last) if last is not None else statement
            rows = self.query(after.order_by("Id").limit(page))
            # TaxCode adds rows of its own, TAX and NON, to every page; only numbers can be continued from.
            numbered = [identity for row in rows if (identity := str(row.get("Id"))).isdecimal()]
            before = len(ids)
            yield from new_rows(rows, lambda row: str(row.get("Id")), ids)
            if len(numbered) < page or len(ids) == before:
                return
            del rows  # so that no two pages are in memory at once
            last = numbered[-1]

    def changed_since(self, kinds: Sequence[str], since: datetime) -> JsonObject:
        """Return one raw answer of change data capture; `read_changes` makes sense of it. Metered."""
        params = {"entities": ",".join(kinds), "changedSince": since.isoformat(timespec="seconds")}
        return self._get("cdc", params, readers.changes())

    def company_info(self) -> JsonObject:
        """Return CompanyInfo: name, country, plan and subscription. Metered."""
        return self._get(f"companyinfo/{_segment(self.realm)}", {}, readers.entity("CompanyInfo"))

    def preferences(self) -> JsonObject:
        """Return Preferences. Metered."""
        return self._get("preferences", {}, readers.entity("Preferences"))

    def exchange_rate(self, currency: str, on: date) -> Decimal | None:
        """Return the rate of a currency to the home currency on a day, None when unknown. Metered."""
        params = {"sourcecurrencycode": currency, "asofdate": on.isoformat()}
        try:
            return self._get("exchangerate", params, readers.rate(currency))
        except NotFound:
            return None

    def set_exchange_rate(self, currency: str, rate: Decimal, on: date, *, request_id: str) -> JsonObject:
        """Set the rate of a currency to the home currency on a day."""
        body = {"SourceCurrencyCode": currency, "Rate": rate, "AsOfDate": on.isoformat()}
        return self._write("ExchangeRate", body, request_id, {})

    def create_tax_code(self, name: str, rates: Sequence[Mapping[str, object]], *, request_id: str) -> JsonObject:
        """Make a tax code with its rates and return their ids; DuplicateName when a name is used.

        A rate is an existing one, `{"TaxRateId": "3"}`, or a new one with TaxRateName, RateValue, TaxAgencyId and
        TaxApplicableOn ("Purchase" or "Sales").
        """
        body = {"TaxCode": name, "TaxRateDetails": list(rates)}
        _check_request_id(request_id)
        return self._send("POST", "taxservice/taxcode", {"requestid": request_id}, _as_json(body), readers.tax_code())

    def upload(self, file: File, kind: str, qbo_id: str, *, request_id: str) -> JsonObject:
        """Attach a file to a record and return its Attachable; NotTakenError for a wrong file."""
        _check_request_id(request_id)
        body = encode(file, kind, qbo_id)
        return self._send("POST", "upload", {"requestid": request_id}, (body, body.content_type), read_upload)

    def attachables(self, kind: str, qbo_id: str) -> list[JsonObject]:
        """Return the files attached to a record. Metered."""
        statement = select("Attachable").where("AttachableRef.EntityRef.Type", "=", kind)
        rows = self.query(statement.where("AttachableRef.EntityRef.value", "=", qbo_id).limit(MAX_ROWS))
        # Both conditions may be met by two references of one file.
        return [row for row in rows if is_attached_to(row, kind, qbo_id)]

    def delete_attachable(self, attachable: Mapping[str, object], *, request_id: str) -> JsonObject:
        """Delete an Attachable just read, which QuickBooks wants to have whole."""
        return self._write("Attachable", attachable, request_id, {"operation": "delete"})

    def batch(self, items: Sequence[Mapping[str, object]], *, request_id: str) -> dict[str, JsonObject | RemoteError]:
        """Send up to 30 items and return the answer to each by its `bId`.

        Items are independent: some may fail while others land. One that the answer leaves out is missing here too. Counts as
        one call of the 40 a minute.
        """
        if len(items) > BATCH_ITEMS or len(request_id) > BATCH_REQUEST_ID_LENGTH:
            raise ValueError("A batch has at most 30 items and a request id of at most 36 characters")
        writes = any("Query" not in item for item in items)
        answered = self._send(
            "POST",
            "batch",
            {"requestid": request_id} if writes else {},
            _as_json({"BatchItemRequest": list(items)}),
            readers.batch(),
            writes=writes,
            name="batch",
        )
        return {key: error_in(item, SERVICE, request_id) or item for key, item in answered.items()}

    def close(self) -> None:
        """Close the connections that are kept alive."""
        self._session.close()

    def _query(self, statement: Select, read: Reader[T]) -> T:
        return self._get("query", {"query": str(statement)}, read)

    def _get(self, path: str, params: Mapping[str, str], read: Reader[T]) -> T:
        return self._send("GET", path, params, None, read, writes=False)

    def _write(
        self, kind: str, body: Mapping[str, object], request_id: str, params: Mapping[str, str | None]
    ) -> JsonObject:
        _check_request_id(request_id)
        options = {name: value for name, value in params.items() if value is not None}
        return self._send(
            "POST", kind.lower(), {"requestid": request_id, **options}, _as_json(body), _written(kind, body)
        )

    def _send(
        self,
        method: str,
        path: str,
        params: Mapping[str, str],
        body: Body | None,
        read: Reader[T],
        *,
        writes: bool = True,
        name: str | None = None,
    ) -> T:
        """Make the request and return its answer, read; a refused token is refreshed once.

        A request whose token is refused never lands, so it can be made once more.
        """
        token = self._token()
        request = Request(
            method=method,
            path=f"/v3/company/{_segment(self.realm)}/{path}",
            params={**params, "minorversion": MINOR_VERSION},
            headers=_headers(token, body),
            body=body[0] if body else None,
            request_id=params.get("requestid"),
            writes=writes,
            metered=not writes,
        )
        try:
            return self._once(request, read, name)
        except TokenRejected:
            return self._once(replace(request, headers=_headers(self._refresh(token), body)), read, name)

    def _once(self, request: Request, read: Reader[T], name: str | None) -> T:
        self._quota.take(name)
        return self._session.send(request, read)


def _as_json(body: Mapping[str, object]) -> Body:
    return to_json(body).encode(), "application/json"


def _written(kind: str, body: Mapping[str, object]) -> Reader[JsonObject]:
    """Read the entity of a write, which is the one that it changed or a new one."""
    return readers.entity(kind, str(body["Id"]) if "Id" in body else None)


def _headers(token: str, body: Body | None) -> dict[str, str]:
    # Without Accept, QuickBooks answers in XML.
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    return {**headers, "Content-Type": body[1]} if body else headers


def _check_request_id(request_id: str) -> None:
    if not 0 < len(request_id) <= REQUEST_ID_LENGTH:
        raise ValueError("A request id has 1 to 50 characters")


def _segment(value: str) -> str:
    if not value.isalnum():
        raise ValueError(f"{value!r} is not an id of QuickBooks")
    return value
