"""Every way a request can break on the way, against a real socket."""

from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Callable
from decimal import Decimal

import pytest

from outbound.errors import (
    Dropped,
    Landed,
    NotAllowed,
    NotSent,
    Redirected,
    RemoteError,
    ServerTrouble,
    Throttled,
    TimedOut,
    TooLarge,
    Verdict,
)
from outbound.response import Response
from outbound.session import Call, Request, Session
from tests.conftest import free_port
from tests.scripted_server import CLOSE, HANG, RESET, TRICKLE, ScriptedServer, answer

Serve = Callable[..., ScriptedServer]
WRITE = Request(method="POST", path="/bill", body=b"{}", request_id="r1", writes=True)
READ = Request(method="GET", path="/bill", params={"secret": "s3cret"}, headers={"Authorization": "Bearer t0ken"})


def _session(url: str, calls: list[Call] | None = None, **options: object) -> Session:
    recorded = calls if calls is not None else []
    arguments = {"timeout": 5.0, **options}
    return Session(url, service="Precoro", on_call=recorded.append, **arguments)  # type: ignore[arg-type]


def _object(response: Response) -> object:
    return response.json_object()


@pytest.mark.parametrize("step", [CLOSE, RESET, answer(200, b'{"a": 1', length=900)])
def test_a_write_whose_answer_never_came_may_have_landed(serve: Serve, step: bytes) -> None:
    session = _session(serve(step).url)
    with pytest.raises(Dropped) as caught:
        session.send(WRITE, _object)
    assert (caught.value.landed, caught.value.verdict) == (Landed.MAYBE, Verdict.REST)
    assert caught.value.request_id == "r1"


def test_a_read_never_lands(serve: Serve) -> None:
    with pytest.raises(Dropped) as caught:
        _session(serve(RESET).url).send(READ, _object)
    assert caught.value.landed is Landed.NO


def test_a_write_that_is_broken_off_is_sent_only_once(serve: Serve) -> None:
    server = serve(RESET, answer(200, {}))
    with pytest.raises(Dropped):
        _session(server.url).send(WRITE, _object)
    assert len(server.requests) == 1


def test_a_connection_that_was_reset_after_reuse_may_have_landed(serve: Serve) -> None:
    server = serve(answer(200, {}), RESET)
    session = _session(server.url)
    session.send(WRITE, _object)
    with pytest.raises(Dropped) as caught:
        session.send(WRITE, _object)
    assert caught.value.landed is Landed.MAYBE
    assert [request.connection for request in server.requests] == [1, 1]


def test_connections_are_kept_alive(serve: Serve) -> None:
    server = serve(answer(200, {}))
    session = _session(server.url)
    for _ in range(3):
        session.send(READ, _object)
    assert {request.connection for request in server.requests} == {1}


def test_silence_ends_at_the_time_limit(serve: Serve) -> None:
    with pytest.raises(TimedOut) as caught:
        _session(serve(HANG).url, timeout=0.2).send(WRITE, _object)
    assert caught.value.landed is Landed.MAYBE


@pytest.mark.parametrize("step", [TRICKLE, answer(200, b"{", length=500)])
def test_a_body_that_comes_too_slowly_ends_at_the_time_limit_too(serve: Serve, step: bytes) -> None:
    server = serve(step)
    began = time.monotonic()
    with pytest.raises((TimedOut, Dropped)):
        _session(server.url, timeout=0.3).send(WRITE, _object)
    assert time.monotonic() - began < 3


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def test_an_answer_in_chunks_is_read_and_the_connection_kept(serve: Serve) -> None:
    server = serve(CHUNKED + b'5\r\n{"a":\r\n4\r\n 12}\r\n0\r\n\r\n')
    session = _session(server.url)
    assert [session.send(READ, _object) for _ in range(2)] == [{"a": 12}] * 2
    assert {request.connection for request in server.requests} == {1}


@pytest.mark.parametrize("step", [CHUNKED + b'5\r\n{"a":\r\n', CHUNKED + b'9\r\n{"a":', CHUNKED + b"zz\r\n"])
def test_an_answer_that_ends_within_its_chunks_may_have_landed(serve: Serve, step: bytes) -> None:
    with pytest.raises((Dropped, TimedOut)) as caught:
        _session(serve(step).url, timeout=1.0).send(WRITE, _object)
    assert caught.value.landed is Landed.MAYBE


def test_a_compressed_answer_is_read_whole(serve: Serve) -> None:
    text = b'{"a": "' + b"x" * 300_000 + b'"}'
    packed = answer(200, gzip.compress(text), headers={"Content-Encoding": "gzip"})
    assert len(str(_session(serve(packed).url).send(READ, _object))) > 300_000


@pytest.mark.parametrize("cut", [40, 0])
def test_a_compressed_answer_that_is_damaged_may_have_landed(serve: Serve, cut: int) -> None:
    packed = gzip.compress(b'{"a": "' + bytes(range(65, 90)) * 99 + b'"}')
    broken = packed[: len(packed) - cut] if cut else b"not gzip"
    with pytest.raises((Dropped, ServerTrouble)) as caught:
        _session(serve(answer(200, broken, headers={"Content-Encoding": "gzip"})).url).send(WRITE, _object)
    assert caught.value.landed is Landed.MAYBE


def test_a_refused_connection_has_not_landed_and_was_tried_three_times() -> None:
    calls: list[Call] = []
    with pytest.raises(NotSent) as caught:
        _session(f"http://127.0.0.1:{free_port()}", calls).send(WRITE, _object)
    assert (caught.value.landed, caught.value.verdict) == (Landed.NO, Verdict.REST)
    assert "Nobody answers at its address" in caught.value.sentence
    assert [call.outcome for call in calls] == ["NotSent"]


def test_a_service_that_comes_back_at_once_is_reached(monkeypatch: pytest.MonkeyPatch, serve: Serve) -> None:
    server = serve(answer(200, {"ok": 1}))
    real, refused = socket.socket.connect, iter([True, True])

    def connect(self: socket.socket, address: object) -> None:
        if next(refused, False):
            raise ConnectionRefusedError
        real(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", connect)
    assert _session(server.url).send(WRITE, _object) == {"ok": 1}
    assert len(server.requests) == 1


def test_an_unknown_name_has_not_landed() -> None:
    with pytest.raises(NotSent) as caught:
        _session("https://nowhere.invalid").send(WRITE, _object)
    assert caught.value.landed is Landed.NO


def test_tls_to_something_else_was_not_a_request(serve: Serve) -> None:
    url = serve(answer(200, {})).url.replace("http://", "https://")
    with pytest.raises(RemoteError) as caught:
        _session(url, timeout=2.0).send(WRITE, _object)
    assert caught.value.verdict is Verdict.REST


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (502, b"<html><body>Bad gateway</body></html>", "a page"),
        (503, b"", "empty"),
        (200, b"", "empty"),
        (200, b"not json", "could not be read"),
        (200, b"[1]", "could not be read"),
    ],
)
def test_an_answer_that_is_not_the_api_may_have_landed(serve: Serve, status: int, body: bytes, words: str) -> None:
    with pytest.raises(ServerTrouble, match=words) as caught:
        _session(serve(answer(status, body)).url).send(WRITE, _object)
    assert (caught.value.landed, caught.value.status) == (Landed.MAYBE, status)


def test_a_redirect_is_not_followed(serve: Serve) -> None:
    elsewhere = serve(answer(200, {}))
    server = serve(answer(302, b"", headers={"Location": elsewhere.url}))
    with pytest.raises(Redirected):
        _session(server.url).send(WRITE, _object)
    assert elsewhere.requests == []


def test_an_answer_beyond_the_limit_is_not_read(serve: Serve) -> None:
    with pytest.raises(TooLarge):
        _session(serve(answer(200, b"x" * 300_000)).url, max_bytes=100_000).send(READ, _object)


def test_a_compressed_answer_counts_by_its_real_size(serve: Serve) -> None:
    bomb = answer(200, gzip.compress(b"x" * 5_000_000), headers={"Content-Encoding": "gzip"})
    with pytest.raises(TooLarge):
        _session(serve(bomb).url, max_bytes=100_000).send(READ, _object)


def test_one_row_a_request_without_token_query_or_body(serve: Serve) -> None:
    calls: list[Call] = []
    server = serve(answer(200, {"amount": Decimal("1.10")}, headers={"intuit_tid": "tid-1"}))
    session = _session(server.url, calls)
    session.send(READ, _object)
    session.send(WRITE, _object)
    assert [(call.method, call.path, call.status, call.tid, call.outcome, call.landed) for call in calls] == [
        ("GET", "/bill", 200, "tid-1", "ok", "no"),
        ("POST", "/bill", 200, "tid-1", "ok", "yes"),
    ]
    assert "s3cret" not in repr(calls)
    assert "t0ken" not in repr(calls) + repr(READ)


def test_a_request_that_is_interrupted_from_outside_still_leaves_its_row(serve: Serve) -> None:
    calls: list[Call] = []

    def interrupt(_: Response) -> object:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _session(serve(answer(200, {})).url, calls).send(WRITE, interrupt)
    assert [(call.outcome, call.landed) for call in calls] == [("interrupted", "maybe")]


def test_amounts_are_decimal_both_ways(serve: Serve) -> None:
    read = _session(serve(answer(200, b'{"a": 0.1, "b": 540.00, "c": 7}')).url).send(READ, _object)
    assert read == {"a": Decimal("0.1"), "b": Decimal("540.00"), "c": 7}
    assert all(not isinstance(value, float) for value in read.values())


def test_only_allowed_hosts_are_called() -> None:
    with pytest.raises(NotAllowed):
        _session("https://metadata.internal", allowed_hosts={"api.precoro.com"})


@pytest.mark.parametrize(
    "address",
    [
        "http://api.precoro.com",
        "http://169.254.169.254",
        "https://user:pw@127.0.0.1",
        "https://",
        "ftp://api.precoro.com",
    ],
)
def test_nothing_is_sent_in_clear_or_with_credentials_in_the_address(address: str) -> None:
    with pytest.raises(NotAllowed) as refusal:
        _session(address)
    assert "pw" not in str(refusal.value)


@pytest.mark.parametrize("address", ["http://127.0.0.1:8702", "http://[::1]:8702", "http://localhost:8702"])
def test_a_stand_in_on_this_machine_is_called_in_clear(address: str) -> None:
    _session(address, allowed_hosts={"api.precoro.com"}).close()


def test_a_path_cannot_lead_to_another_host(serve: Serve) -> None:
    request = Request(method="GET", path="@elsewhere.example/")
    with pytest.raises(NotAllowed):
        _session(serve(answer(200, {})).url).send(request, _object)


def test_our_authorization_wins_over_a_netrc(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    netrc = tmp_path_factory.mktemp("home") / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password other\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server = serve(answer(200, {}))
    _session(server.url).send(READ, _object)
    assert server.requests[0].headers["authorization"] == "Bearer t0ken"


def test_no_cookie_is_kept(serve: Serve) -> None:
    server = serve(answer(200, {}, headers={"Set-Cookie": "a=b"}))
    session = _session(server.url)
    session.send(READ, _object)
    session.send(READ, _object)
    assert "cookie" not in server.requests[1].headers


def test_retry_after_is_read_as_seconds_and_as_a_date(serve: Serve) -> None:
    date = {"Date": "Mon, 23 Nov 2026 10:00:00 GMT", "Retry-After": "Mon, 23 Nov 2026 10:02:00 GMT"}
    server = serve(answer(503, b"", headers={"Retry-After": "17"}), answer(503, b"", headers=date))
    waits = []
    for _ in range(2):
        with pytest.raises(ServerTrouble) as caught:
            _session(server.url).send(READ, _object)
        waits.append(caught.value.retry_after)
    assert waits == [17.0, 120.0]


def test_whoever_keeps_the_quota_is_told_of_a_throttling_and_of_nothing_else(serve: Serve) -> None:
    throttlings: list[Throttled] = []

    def refuse(response: Response) -> object:
        raise (Throttled if response.status == 429 else ServerTrouble)(response.details(), retry_after=7)

    session = _session(serve(answer(503), answer(429)).url, on_throttled=throttlings.append)
    for kind in (ServerTrouble, Throttled):
        with pytest.raises(kind):
            session.send(READ, refuse)
    assert [error.retry_after for error in throttlings] == [7]


def test_a_proxy_of_the_environment_is_used_unless_the_host_is_left_out(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = serve(answer(200, {"ok": True}))
    monkeypatch.setenv("http_proxy", proxy.url)
    monkeypatch.setenv("no_proxy", "127.0.0.3")
    assert _session("http://127.0.0.2").send(READ, _object) == {"ok": True}
    assert proxy.requests[0].target.startswith("http://127.0.0.2/bill")
    with pytest.raises(NotSent):
        _session("http://127.0.0.3").send(READ, _object)


def test_certificates_of_the_environment_are_the_ones_that_are_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/ssl/company.pem")
    with pytest.raises(OSError, match=r"company\.pem"):
        _session("https://127.0.0.1:9").send(READ, _object)
