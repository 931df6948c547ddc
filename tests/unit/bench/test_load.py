"""The load generator against a real server: every number once, and what is not 200 is an error."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench import load


class Recorder(BaseHTTPRequestHandler):
    """Answers 200, or 503 to the path /down, and remembers the bodies."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    bodies: list[bytes]

    def do_POST(self) -> None:
        """Answer."""
        self.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(503 if self.path == "/down" else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[tuple[int, list[bytes]]]:
    class Fresh(Recorder):
        bodies: list[bytes] = []  # noqa: RUF012 - that is what is shared

    opened = ThreadingHTTPServer(("127.0.0.1", 0), Fresh)
    opened.daemon_threads = True
    thread = threading.Thread(target=opened.serve_forever, args=(0.02,))
    thread.start()
    yield opened.server_port, Fresh.bodies
    opened.shutdown()
    thread.join()
    opened.server_close()


def request_of(number: int) -> tuple[str, bytes]:
    return "/up", str(number).encode()


def test_an_open_loop_asks_as_often_as_it_should(server: tuple[int, list[bytes]]) -> None:
    port, bodies = server
    answered = load.open_loop(port, request_of, numbers=load.numbers_from(1), rate=500, total=30, connections=4)
    assert sorted(answer.number for answer in answered) == list(range(1, 31))
    assert sorted(map(int, bodies)) == list(range(1, 31))


def test_the_requests_of_an_open_loop_are_as_far_apart_as_its_rate_says(server: tuple[int, list[bytes]]) -> None:
    answered = load.open_loop(server[0], request_of, numbers=load.numbers_from(1), rate=100, total=5, connections=2)
    due = sorted(answer.sent_at for answer in answered)
    assert due[-1] - due[0] == pytest.approx(0.04)


def test_a_closed_loop_reports_every_request_that_was_answered(server: tuple[int, list[bytes]]) -> None:
    port, bodies = server
    answered = load.closed_loop(port, request_of, numbers=load.numbers_from(1), connections=3, seconds=0.1)
    assert sorted(answer.number for answer in answered) == sorted(map(int, bodies))


def test_an_answer_other_than_200_ends_the_bench(server: tuple[int, list[bytes]]) -> None:
    with pytest.raises(load.UnexpectedAnswerError, match="503"):
        load.open_loop(
            server[0], lambda _: ("/down", b"{}"), numbers=load.numbers_from(1), rate=100, total=1, connections=1
        )
