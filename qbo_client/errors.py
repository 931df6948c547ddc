"""QuickBooks' faults in all their shapes, and the error that each code means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from outbound.errors import (
    BadReference,
    CallDetails,
    ClosedPeriod,
    CompanyAway,
    CompanyClosed,
    DuplicateName,
    DuplicateNumber,
    DuplicateRequest,
    FeatureMissing,
    Forbidden,
    InvalidQuery,
    InvalidRequest,
    Locked,
    NotFound,
    RemoteError,
    RuleBroken,
    ServerTrouble,
    Stale,
    SystemFault,
    Throttled,
    TokenRejected,
    UnknownFault,
)
from outbound.response import NOT_TAKEN, SERVER_ERROR, Response
from outbound.wire import JsonObject

UNAUTHORISED = 401
FORBIDDEN = 403
TOO_MANY = 429
SYSTEM_FAULTS = 10000
MOST_DIGITS = 9

BY_CODE: Mapping[int, type[RemoteError]] = {
    100: Forbidden,
    110: Forbidden,
    120: Forbidden,
    130: CompanyAway,
    140: CompanyAway,
    150: CompanyAway,
    500: InvalidRequest,
    600: DuplicateRequest,
    610: NotFound,
    620: Locked,
    700: BadReference,
    800: Locked,
    2500: BadReference,
    3001: Throttled,
    3100: Forbidden,
    3200: TokenRejected,
    4000: InvalidQuery,
    4001: InvalidQuery,
    4002: InvalidQuery,
    5000: InvalidRequest,
    5010: Stale,
    5020: FeatureMissing,
    5030: FeatureMissing,
    6070: InvalidRequest,
    6140: DuplicateNumber,
    6190: CompanyClosed,
    6200: ClosedPeriod,
    6210: ClosedPeriod,
    6220: Locked,
    6240: DuplicateName,
    6250: BadReference,
    6400: Locked,
    6430: BadReference,
    6450: Locked,
    6480: Locked,
    6540: Locked,
}
RANGES: tuple[tuple[range, type[RemoteError]], ...] = (
    (range(2000, 3001), InvalidRequest),
    (range(6000, 7000), RuleBroken),
    (range(SYSTEM_FAULTS, 11000), SystemFault),
)

_XML_ERROR = re.compile(r"<(?:\w+:)?Error\b(?P<attributes>[^>]*)>(?P<inside>.*?)</(?:\w+:)?Error>", re.DOTALL)
_XML_CODE = re.compile(r'\bcode="(\d+)"')
_XML_ELEMENT = re.compile(r'\belement="([^"]+)"')
_XML_WORDS = re.compile(r"<(?:\w+:)?(Message|Detail)>(.*?)</(?:\w+:)?\1>", re.DOTALL)


@dataclass(frozen=True)
class FaultWords:
    """The code of a fault, the words of all its errors, and the field of the first."""

    code: str
    text: str
    element: str | None


def read_response(response: Response) -> JsonObject:
    """Return the JSON object of a good answer, else raise what the answer means.

    A fault counts whatever the status is: HTTP 200 may carry one.
    """
    body = response.json()
    words = fault_words(body) if isinstance(body, dict) else _xml_words(response.content)
    if words is not None:
        raise error_for(response, words)
    if response.status == UNAUTHORISED:
        raise TokenRejected(response.details())
    if response.status == TOO_MANY:
        raise Throttled(response.details(), retry_after=response.retry_after())
    if response.status in NOT_TAKEN:
        raise InvalidRequest(response.details(f"HTTP {response.status}, without a reason"))
    if not response.ok or not isinstance(body, dict):
        raise response.unreadable()
    return body


def fault_words(body: Mapping[str, object]) -> FaultWords | None:
    """Return the fault in a JSON object, of the API or of the gateway before it, or None."""
    fault = body.get("Fault") or body.get("fault")
    if not isinstance(fault, Mapping):
        return None
    rows = fault.get("Error") or fault.get("error") or []
    errors = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else [rows]
    if not errors or not isinstance(errors[0], Mapping):
        return FaultWords(code="", text=str(fault.get("type") or ""), element=None)
    return FaultWords(
        code=str(errors[0].get("code") or "").strip(),
        text="; ".join(_words(error) for error in errors),
        element=str(errors[0].get("element") or "") or None,
    )


def error_for(response: Response, words: FaultWords) -> RemoteError:
    """Return the error that a fault means; a 5xx is never definite, whatever its code."""
    kind = error_class(words.code)
    if response.status >= SERVER_ERROR and not issubclass(kind, SystemFault):
        kind = ServerTrouble
    if kind is TokenRejected or response.status == UNAUTHORISED:
        # The words quote the start of the token.
        return TokenRejected(response.details(code=words.code or None))
    if response.status == TOO_MANY:
        kind = Throttled
    details = response.details(words.text, code=words.code or None, element=words.element)
    return kind(details, retry_after=response.retry_after())


def error_in(item: Mapping[str, object], service: str, request_id: str | None) -> RemoteError | None:
    """Return the error of one item of a batch, or None when it went well."""
    words = fault_words(item)
    if words is None:
        return None
    details = CallDetails(
        service=service, code=words.code or None, request_id=request_id, text=words.text, element=words.element
    )
    return error_class(words.code)(details)


def error_class(code: str) -> type[RemoteError]:
    """Return the class for a fault code, which is a string of digits."""
    if not code.isdecimal() or len(code) > MOST_DIGITS:
        return UnknownFault
    number = int(code)
    return BY_CODE.get(number) or next((kind for numbers, kind in RANGES if number in numbers), UnknownFault)


def _words(error: Mapping[str, object]) -> str:
    """Return what one error says: its detail, which repeats and extends the message, else its message."""
    detail = str(error.get("Detail") or error.get("detail") or "")
    message = str(error.get("Message") or error.get("message") or "")
    return f"{message}{detail}" if detail.startswith(":") else detail or message


def _xml_words(content: bytes) -> FaultWords | None:
    """Return the fault in an XML answer: QuickBooks' own form, if a proxy drops our Accept header."""
    errors = list(_XML_ERROR.finditer(content.decode("utf-8", "replace")))
    if not errors:
        return None
    code = _XML_CODE.search(errors[0]["attributes"])
    element = _XML_ELEMENT.search(errors[0]["attributes"])
    return FaultWords(
        code=code[1] if code else "",
        text="; ".join(_words(dict(_XML_WORDS.findall(error["inside"]))) for error in errors),
        element=element[1] if element else None,
    )
