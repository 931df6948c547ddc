"""What each fault of QuickBooks means, in every shape in which it may come."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import simplejson
from hypothesis import assume, given
from hypothesis import strategies as st

from outbound import errors
from outbound.errors import Landed, RemoteError, Verdict
from outbound.response import Response
from outbound.wire import to_json
from qbo_client.errors import error_class, error_in, read_response

FAULT_KEYS = st.sampled_from(
    ["Fault", "fault", "Error", "error", "code", "Message", "Detail", "detail", "element", "type"]
)
THROTTLED = "message=ThrottleExceeded; errorCode=003001; statusCode=429"
DUPLICATE = (
    "Duplicate Document Number Error : You must specify a different number. This number has already been used. "
    "DocNumber=S-88 1 is assigned to TxnType=Bill with TxnId=145"
)


def _answer(status: int, body: Mapping[str, object] | bytes, **headers: str) -> Response:
    content = body if isinstance(body, bytes) else to_json(body).encode()
    return Response(service="QuickBooks", status=status, headers=headers, content=content, request_id="r1")


def _fault(code: object, detail: str = "", message: str = "Message", **more: object) -> dict[str, object]:
    return {
        "Fault": {"Error": [{"Message": message, "Detail": detail, "code": code, **more}], "type": "ValidationFault"}
    }


def _gateway(code: str, detail: str, kind: str = "AUTHENTICATION") -> dict[str, object]:
    error = {"message": f"message=X; errorCode=00{code}", "detail": detail, "code": code, "element": None}
    return {"warnings": None, "fault": {"error": [error], "type": kind}, "queryResponse": None, "time": 1730024394085}


def _raised(answer: Response) -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        read_response(answer)
    return caught.value


@pytest.mark.parametrize(
    ("status", "code", "kind", "verdict", "landed"),
    [
        (400, "5010", errors.Stale, Verdict.RETRY, Landed.NO),
        (400, "610", errors.NotFound, Verdict.HOLD, Landed.NO),
        (404, "610", errors.NotFound, Verdict.HOLD, Landed.NO),
        (400, "6140", errors.DuplicateNumber, Verdict.HOLD, Landed.NO),
        (400, "6200", errors.ClosedPeriod, Verdict.HOLD, Landed.NO),
        (400, "6210", errors.ClosedPeriod, Verdict.HOLD, Landed.NO),
        (400, "6480", errors.Locked, Verdict.HOLD, Landed.NO),
        (400, "6540", errors.Locked, Verdict.HOLD, Landed.NO),
        (400, "6400", errors.Locked, Verdict.HOLD, Landed.NO),
        (400, "800", errors.Locked, Verdict.HOLD, Landed.NO),
        (400, "620", errors.Locked, Verdict.HOLD, Landed.NO),
        (400, "2500", errors.BadReference, Verdict.HOLD, Landed.NO),
        (400, "6240", errors.DuplicateName, Verdict.HOLD, Landed.NO),
        (400, "2020", errors.InvalidRequest, Verdict.HOLD, Landed.NO),
        (400, "6070", errors.InvalidRequest, Verdict.HOLD, Landed.NO),
        (400, "6000", errors.RuleBroken, Verdict.HOLD, Landed.NO),
        (400, "4000", errors.InvalidQuery, Verdict.BUG, Landed.NO),
        (400, "6190", errors.CompanyClosed, Verdict.REST, Landed.NO),
        (403, "6190", errors.CompanyClosed, Verdict.REST, Landed.NO),
        (400, "5030", errors.FeatureMissing, Verdict.HOLD, Landed.NO),
        (403, "3100", errors.Forbidden, Verdict.REST, Landed.NO),
        (400, "120", errors.Forbidden, Verdict.REST, Landed.NO),
        (400, "600", errors.DuplicateRequest, Verdict.RETRY, Landed.MAYBE),
        (500, "10000", errors.SystemFault, Verdict.REST, Landed.MAYBE),
        (500, "6240", errors.ServerTrouble, Verdict.REST, Landed.MAYBE),
        (400, "9999", errors.UnknownFault, Verdict.HOLD, Landed.NO),
        (403, "3001", errors.Throttled, Verdict.REST, Landed.NO),
        (429, "3001", errors.Throttled, Verdict.REST, Landed.NO),
        (401, "3200", errors.TokenRejected, Verdict.REST, Landed.NO),
        (200, "6240", errors.DuplicateName, Verdict.HOLD, Landed.NO),
    ],
)
def test_a_code_means_the_same_whatever_the_status(
    status: int, code: str, kind: type[RemoteError], verdict: Verdict, landed: Landed
) -> None:
    error = _raised(_answer(status, _fault(code, "Something.")))
    assert (type(error), error.verdict, error.landed, error.code) == (kind, verdict, landed, code)


def test_a_code_may_be_a_number_and_the_detail_may_be_missing() -> None:
    body = {"Fault": {"Error": [{"Message": "Stale Object Error", "code": 5010}], "type": "ValidationFault"}}
    assert isinstance(_raised(_answer(400, body)), errors.Stale)


def test_the_gateway_shape_is_read_and_the_token_in_it_is_not_kept() -> None:
    error = _raised(_answer(401, _gateway("3200", "Token expired: AB01secret")))
    assert isinstance(error, errors.TokenRejected)
    assert "AB01" not in str(error) + repr(error.details)


def test_the_gateway_says_who_may_not_enter() -> None:
    error = _raised(_answer(403, _gateway("3100", "ApplicationAuthorizationFailed", "SERVICE")))
    assert isinstance(error, errors.Forbidden)
    assert "administrator" in error.remedy


def test_throttling_waits_a_minute_unless_told_otherwise() -> None:
    body = {"Fault": {"Error": [{"Message": THROTTLED, "Detail": "The request limit was reached.", "code": "3001"}]}}
    assert _raised(_answer(429, body)).retry_after == 60
    assert _raised(_answer(429, body, **{"Retry-After": "7"})).retry_after == 7
    assert isinstance(_raised(_answer(429, b"")), errors.Throttled)


def test_a_duplicate_number_names_the_document_that_has_it() -> None:
    error = _raised(_answer(400, _fault("6140", DUPLICATE)))
    assert isinstance(error, errors.DuplicateNumber)
    assert (error.txn_type, error.txn_id, error.number) == ("Bill", "145", "S-88 1")
    assert error.sentence == "The number S-88 1 is already used in QuickBooks by Bill 145."


def test_a_duplicate_number_without_details_is_still_one() -> None:
    error = _raised(_answer(400, _fault("6140", "", "Duplicate DocNum Error")))
    assert isinstance(error, errors.DuplicateNumber)
    assert (error.txn_id, error.sentence) == (None, "This number is already used in QuickBooks.")


def test_all_errors_of_one_fault_are_told() -> None:
    listed = [
        {"Message": "m", "Detail": "First is too long", "code": "2050", "element": "firstname"},
        {"Message": "m", "Detail": "Second is no number", "code": "2080", "element": "postalcode"},
    ]
    error = _raised(_answer(400, {"Fault": {"Error": listed, "type": "ValidationFault"}}))
    assert "First is too long; Second is no number" in error.sentence
    assert "firstname" in error.sentence


def test_a_detail_that_begins_with_a_colon_continues_the_message() -> None:
    error = _raised(_answer(400, _fault("120", ": -11014-You do not have access.", "Authorization Failure")))
    assert "Authorization Failure: -11014-You do not have access." in error.sentence


def test_a_line_break_in_the_words_of_quickbooks_does_not_break_the_line() -> None:
    error = _raised(_answer(400, _fault("6000", "Already using this \nname")))
    assert "\n" not in error.sentence


@pytest.mark.parametrize("status", [400, 200])
def test_a_fault_in_xml_is_read(status: int) -> None:
    body = (
        b'<?xml version="1.0"?><IntuitResponse xmlns="http://schema.intuit.com/finance/v3" time="2026">'
        b'<Fault type="ValidationFault"><Error code="6240" element="DisplayName"><Message>Duplicate Name</Message>'
        b"<Detail>The name supplied already exists.</Detail></Error></Fault></IntuitResponse>"
    )
    error = _raised(_answer(status, body))
    assert (type(error), error.code, error.details.element) == (errors.DuplicateName, "6240", "DisplayName")


@pytest.mark.parametrize(
    "body", [b"", b"<html>Bad gateway</html>", b"<Bill><Id>1</Id></Bill>", b'{"Bill": {"Id": "1"', b"[]"]
)
def test_an_answer_that_is_not_the_api_is_trouble_whatever_its_status(body: bytes) -> None:
    for status in (200, 403, 404, 502):
        error = _raised(_answer(status, body, intuit_tid="t-1"))
        assert (type(error), error.landed, error.tid) == (errors.ServerTrouble, Landed.MAYBE, "t-1")


@pytest.mark.parametrize("status", [400, 413, 415])
def test_a_request_that_a_gateway_refuses_for_its_form_is_held_and_stops_nobody_else(status: int) -> None:
    error = _raised(_answer(status, b"<html>Request Entity Too Large</html>"))
    assert (type(error), error.verdict, error.landed) == (errors.InvalidRequest, Verdict.HOLD, Landed.NO)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FAULT_KEYS | st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


@given(status=st.integers(200, 599), body=JSON)
def test_whatever_comes_is_an_object_or_an_error_with_a_verdict(status: int, body: object) -> None:
    try:
        answer = read_response(_answer(status, simplejson.dumps(body).encode()))
    except RemoteError as error:
        assert error.sentence  # noqa: PT017 - either outcome is right
    else:
        assert isinstance(answer, dict)
        assert status < 300


@given(status=st.integers(200, 599), content=st.binary(max_size=200))
def test_whatever_bytes_come_are_an_error_with_a_verdict(status: int, content: bytes) -> None:
    assume(not content.strip().startswith(b"{"))
    with pytest.raises(RemoteError):
        read_response(_answer(status, content))


def test_401_without_a_fault_is_a_refused_token() -> None:
    assert isinstance(_raised(_answer(401, b"")), errors.TokenRejected)


def test_an_empty_fault_is_still_a_fault() -> None:
    faults: list[dict[str, object]] = [{"Error": []}, {"Error": None, "type": "SystemFault"}, {"type": "x"}]
    for fault in faults:
        assert isinstance(_raised(_answer(400, {"Fault": fault})), errors.UnknownFault)


def test_warnings_and_a_null_fault_are_no_fault() -> None:
    body = {"Bill": {"Id": "1"}, "Warnings": {"Warning": []}, "fault": None}
    assert read_response(_answer(200, body)) == body


def test_an_item_of_a_batch_is_read_like_an_answer() -> None:
    error = error_in({"bId": "3", **_fault("610")}, "QuickBooks", "r9")
    assert isinstance(error, errors.NotFound)
    assert error.request_id == "r9"
    assert error_in({"bId": "1", "Bill": {"Id": "1"}}, "QuickBooks", "r9") is None


def test_a_code_that_is_no_number_is_unknown() -> None:
    assert error_class("BadThing") is errors.UnknownFault


def test_the_line_for_support_has_status_code_and_trace_id() -> None:
    error = _raised(_answer(400, _fault("5010"), intuit_tid="1-abc"))
    assert str(error).endswith("[status=400 code=5010 tid=1-abc requestid=r1]")
