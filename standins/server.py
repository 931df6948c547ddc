"""Serve a stand-in over real HTTP, with connections that can be broken on purpose."""

from __future__ import annotations

import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from http import HTTPStatus
from signal import SIGINT, SIGTERM, signal
from types import FrameType
from typing import TYPE_CHECKING, Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

BREAK = "standins.break"
"""Key of the WSGI environ by which an app asks for a broken connection: `close`, `reset` or `truncate`."""

PORT_IN_USE = 2
MAX_DRAIN = 64 * 1024 * 1024


class KeepAliveHandler(WSGIRequestHandler):
    """Answers requests on a kept-alive connection.

    Werkzeug's own handler closes every connection and lingers 10 ms after each answer.
    """

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 120

    def run_wsgi(self) -> None:
        """Run the app, then write its answer or break the connection."""
        if self.headers.get("Expect", "").lower().strip() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.environ = environ = self.make_environ()
        body = self._request_body()
        status, headers, answer = _call(self.server.app, environ)
        match environ.get(BREAK):
            case "reset":
                self._reset()
            case "close":
                self.close_connection = True
                with suppress(OSError):
                    self.connection.shutdown(socket.SHUT_RDWR)
            case "truncate":
                self._write(status, headers, answer, sent=len(answer) // 2)
                self.close_connection = True
            case _:
                body.drain()
                self._write(status, headers, answer, sent=len(answer))

    def _request_body(self) -> _Body:
        length = int(self.headers.get("Content-Length") or 0)
        body = _Body(self.rfile, length)
        if "wsgi.input_terminated" not in self.environ:
            self.environ["wsgi.input"] = body
        return body

    def _write(self, status: str, headers: list[tuple[str, str]], answer: bytes, *, sent: int) -> None:
        code, _, reason = status.partition(" ")
        if self.headers.get("Connection", "").lower() == "close":
            self.close_connection = True
        self.send_response(int(code), reason)
        for key, value in headers:
            if key.lower() != "content-length":
                self.send_header(key, value)
        if int(code) not in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}:
            self.send_header("Content-Length", str(len(answer)))
        self.send_header("Connection", "close" if self.close_connection else "keep-alive")
        head = b"".join(self._headers_buffer) + b"\r\n"
        self._headers_buffer: list[bytes] = []
        self.wfile.write(head if self.command == "HEAD" else head + answer[:sent])

    def _reset(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # Both files made of the socket hold it open; RST is sent only when the last one lets go.
        self.rfile.close()
        self.wfile.close()
        self.connection.close()

    def finish(self) -> None:
        """Flush and close, unless a fault has already broken the connection."""
        with suppress(OSError, ValueError):
            super().finish()

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002
        """Keep quiet about requests: `/_control/requests` lists them; print only errors."""
        idle = message.startswith("Request timed out")  # a kept-alive connection that nobody used for a while
        if type == "error" and not idle:
            print(message % args if args else message, file=sys.stderr)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


class _Body:
    """A request body that ends at its Content-Length and can be read to its end."""

    def __init__(self, source: Any, length: int) -> None:
        self._source = source
        self._left = length

    def read(self, size: int | None = -1) -> bytes:
        count = self._left if size is None or size < 0 else min(size, self._left)
        data: bytes = self._source.read(count) if count else b""
        self._left -= len(data) if data else self._left
        return data

    def readline(self, size: int | None = -1) -> bytes:
        count = self._left if size is None or size < 0 else min(size, self._left)
        data: bytes = self._source.readline(count) if count else b""
        self._left -= len(data)
        return data

    def drain(self) -> None:
        if self._left <= MAX_DRAIN:
            self.read()


def _call(app: WSGIApplication, environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
    started: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], _: object = None) -> Callable[[bytes], object]:
        started[:] = [status, headers]
        return lambda _data: None

    chunks: Iterable[bytes] = app(environ, start_response)
    try:
        answer = b"".join(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close:
            close()
    return started[0], started[1], answer


class Server(ThreadedWSGIServer):
    """A threaded server that stops without waiting for idle connections."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 512

    def handle_error(self, request: object, client_address: object) -> None:
        """Pass over clients that went away; report everything else as usual."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError | ValueError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def bind(app: WSGIApplication, port: int, host: str = "127.0.0.1") -> Server:
    """Bind a server to a port (0: any), or exit with code 2 and a sentence."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            print(f"Port {port} cannot be used ({error.strerror}). Choose another one: --port N", file=sys.stderr)
            raise SystemExit(PORT_IN_USE) from error
    return Server(host, port, app, handler=KeepAliveHandler)


def serve(app: WSGIApplication, port: int, *, name: str, on_stop: Callable[[], None]) -> None:
    """Serve until SIGTERM or Ctrl-C, then call `on_stop` and return."""
    server = bind(app, port)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal(SIGTERM, stop)
    signal(SIGINT, stop)
    print(f"{name} stand-in on http://127.0.0.1:{server.port}/", flush=True)
    server.serve_forever(poll_interval=0.05)
    on_stop()


class Background:
    """A stand-in served from a thread of this process, for tests: `with Background(app) as url`."""

    def __init__(self, app: WSGIApplication, port: int = 0) -> None:
        self._server = bind(app, port)
        self.url = f"http://127.0.0.1:{self._server.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> str:
        """Start serving and give the base URL."""
        self._thread.start()
        return self.url

    def __exit__(self, *_: object) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._thread.join(5)
