"""A server that answers with exact bytes, or breaks the connection, as a test says: what no well-behaved server would do."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import simplejson

CLOSE = b"close"
"""Read the request, then close without an answer."""
RESET = b"reset"
"""Read the request, then reset the connection."""
TRICKLE = b"trickle"
"""Begin a large answer and send it a byte at a time, so that no single read ever waits long."""
HANG = b"hang"
"""Read the request and say nothing until the server is stopped."""


@dataclass(frozen=True)
class ReceivedRequest:
    """One request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int


def answer(
    status: int = 200, body: object = b"", *, headers: dict[str, str] | None = None, length: int | None = None
) -> bytes:
    """Return an HTTP answer; a body that is not bytes becomes JSON, and `length` may lie about it."""
    content = body if isinstance(body, bytes) else simplejson.dumps(body, use_decimal=True).encode()
    kind = "application/json" if not isinstance(body, bytes) else "text/plain"
    lines = {"Content-Type": kind, "Content-Length": str(len(content) if length is None else length), **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status} Said\r\n{head}\r\n".encode() + content


@dataclass
class ScriptedServer:
    """Gives the steps of `script` one after the other, one a request, and the last again and again."""

    script: Sequence[bytes]
    requests: list[ReceivedRequest] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start to listen."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._stopped = threading.Event()
        self._connections: list[socket.socket] = []
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The address of the server."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def stop(self) -> None:
        """Close everything; connections that hang end here."""
        self._stopped.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # to close it would wake nobody who waits for a connection
        self._listener.close()
        for connection in self._connections:
            connection.close()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._connections.append(connection)
            number = len(self._connections)
            threading.Thread(target=self._serve, args=(connection, number), daemon=True).start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        try:
            with connection, connection.makefile("rb") as stream:
                while (request := _read_request(stream, number)) is not None:
                    if not self._reply(connection, self._next(request)):
                        return
        except (OSError, ValueError):  # the other side went away, or does not speak HTTP
            return

    def _next(self, request: ReceivedRequest) -> bytes:
        with self._lock:
            self.requests.append(request)
            return self.script[min(len(self.requests), len(self.script)) - 1]

    def _reply(self, connection: socket.socket, step: bytes) -> bool:
        """Do one step and say whether the connection lives on."""
        if step == HANG:
            self._stopped.wait()
        elif step == TRICKLE:
            connection.sendall(answer(200, b"", length=100_000))
            while not self._stopped.wait(0.03):
                connection.sendall(b" ")
        elif step == RESET:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            # The stream holds the socket open too, so a close alone would not send the reset.
            socket.socket(fileno=connection.detach()).close()
        elif step != CLOSE:
            connection.sendall(step)
            return _is_whole(step)
        return False


def _is_whole(step: bytes) -> bool:
    head, _, body = step.partition(b"\r\n\r\n")
    return f"Content-Length: {len(body)}".encode() in head or body.endswith(b"\r\n0\r\n\r\n")


def _read_request(stream: Any, number: int) -> ReceivedRequest | None:
    first = stream.readline().decode()
    if not first.strip():
        return None
    headers: dict[str, str] = {}
    while line := stream.readline().decode().strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    body = stream.read(int(headers.get("content-length", "0")))
    method, target, _ = first.split(" ")
    return ReceivedRequest(method, target, headers, body, number)
