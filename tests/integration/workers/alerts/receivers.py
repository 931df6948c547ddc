"""Servers that messages arrive at: a webhook and a mail server, each of which can be told to fail."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast


class WebhookServer(ThreadingHTTPServer):
    """Keeps what is sent to it; answers with `status`, and with a redirect to itself when that is one."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _WebhookHandler)
        self.status = 200
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []

    @property
    def address(self) -> str:
        """The address of apprise for it, with a secret."""
        return f"json://127.0.0.1:{self.server_port}/hook/hush-hush?+X-Key=open-sesame"


class _WebhookHandler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        """Keep a body."""
        server = cast("WebhookServer", self.server)
        server.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        server.headers.append(dict(self.headers))
        self._answer(server.status)

    def do_GET(self) -> None:
        """Keep a path."""
        server = cast("WebhookServer", self.server)
        server.paths.append(self.path)
        self._answer(server.status)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Write nothing."""


class MailServer(socketserver.ThreadingTCPServer):
    """Keeps the mails that are sent to it, or refuses them all."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _MailHandler)
        self.is_broken = False
        self.mails: list[EmailMessage] = []

    @property
    def address(self) -> str:
        """The address of apprise for it."""
        port = self.server_address[1]
        return f"mailto://127.0.0.1:{port}?from=tieout@widgets.example&to=ann@widgets.example&mode=insecure"


class _MailHandler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        """Speak as much SMTP as one mail needs."""
        server = cast("MailServer", self.server)
        self._say("220 ready" if not server.is_broken else "554 no service here")
        for line in self.rfile:
            word = line.decode().strip().upper()[:4]
            if word == "DATA":
                self._say("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                server.mails.append(message_from_bytes(b"".join(lines), policy=policy.default))
            self._say("221 bye" if word == "QUIT" else "250 ok")
            if word == "QUIT":
                return

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def running(server: WebhookServer | MailServer) -> Iterator[None]:
    """Let a server run in a thread of its own."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
