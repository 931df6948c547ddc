"""Puts load on an HTTP server with as little work of its own as possible.

In a closed loop each connection sends its next request when the last is answered: that finds the most a server can do.
In an open loop requests come at their appointed time, whatever the server does, and an answer's time counts from there:
that is what senders see, and a stalled server cannot make itself look quick by being asked less.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count, cycle, islice
from typing import Self

LARGEST_ANSWER = 65536
OK = b"HTTP/1.1 200"
Request = Callable[[int], tuple[str, bytes]]
"""From the number of a request to its path and body."""


class UnexpectedAnswerError(Exception):
    """The server answered something else than 200."""

    def __init__(self, answer: bytes) -> None:
        super().__init__(f"The server answered {answer[:300]!r}")


@dataclass(frozen=True)
class AnsweredRequest:
    """One answered request: its number, when it was to be sent (time.time()), and how long it took."""

    number: int
    sent_at: float
    seconds: float


class SenderConnection:
    """One connection that is kept alive."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def post(self, path: str, body: bytes) -> None:
        """Send one body and wait for the answer. Raises UnexpectedAnswerError unless it is 200."""
        head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        self._socket.sendall(head.encode() + b"\r\n\r\n" + body)
        answer = self._socket.recv(LARGEST_ANSWER)
        if not answer.startswith(OK):
            raise UnexpectedAnswerError(answer)

    def __enter__(self) -> Self:
        """Use the connection for a while."""
        return self

    def __exit__(self, *_: object) -> None:
        """Hang up."""
        self._socket.close()


def closed_loop(
    port: int, request: Request, *, numbers: Iterator[int], connections: int, seconds: float
) -> list[AnsweredRequest]:
    """Ask as fast as the server answers, over so many connections, for so many seconds."""
    ends = time.monotonic() + seconds

    def ask(_: int) -> list[AnsweredRequest]:
        answered = []
        with SenderConnection(port) as connection:
            while time.monotonic() < ends:
                answered.append(_post(connection, request, next(numbers), time.time()))
        return answered

    return _together(ask, connections)


def open_loop(
    port: int, request: Request, *, numbers: Iterator[int], rate: float, total: int, connections: int
) -> list[AnsweredRequest]:
    """Ask `rate` times a second, `total` times in all, the connections taking turns."""
    starts = time.time() + 0.2

    def ask(first: int) -> list[AnsweredRequest]:
        answered = []
        with SenderConnection(port) as connection:
            for turn in range(first, total, connections):
                due = starts + turn / rate
                time.sleep(max(0.0, due - time.time()))
                answered.append(_post(connection, request, next(numbers), due))
        return answered

    return _together(ask, connections)


def numbers_from(first: int) -> Iterator[int]:
    """Count up from a number; threads may share it."""
    return count(first)


def _post(connection: SenderConnection, request: Request, number: int, sent_at: float) -> AnsweredRequest:
    connection.post(*request(number))
    return AnsweredRequest(number, sent_at, time.time() - sent_at)


def _together(ask: Callable[[int], list[AnsweredRequest]], connections: int) -> list[AnsweredRequest]:
    with ThreadPoolExecutor(connections) as pool:
        return [answer for answered in pool.map(ask, range(connections)) for answer in answered]


@contextmanager
def slow_senders(port: int, number: int) -> Iterator[None]:
    """Hold connections that have sent a header or a body in part, and send no more."""
    begun = (
        b"POST /webhooks/quickbooks HTTP/1.1\r\nHost: be",
        b"POST /webhooks/quickbooks HTTP/1.1\r\nHost: bench\r\nContent-Length: 1000\r\n\r\n{",
        b"POST /webhooks/quickbooks HTTP/1.1\r\nHost: bench\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
    )
    with ExitStack() as stack:
        for sent in islice(cycle(begun), number):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30))
            connection.sendall(sent)
        yield
