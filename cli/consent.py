"""The way through Intuit's consent page: open it, and take what it sends back, once, with the `state` that we gave."""

from __future__ import annotations

import hmac
import os
import secrets
import webbrowser
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import click

from cli.errors import CouldNotRunError, WrongError
from cli.output import say
from settings import Settings
from workers import clients
from workers.runtime import Runtime

CALLBACK_PORT = 5
"""Above the port base: beside the receiver, the console and the others."""
HERE = {"127.0.0.1", "localhost"}
SECRET_NAMES = {"DATABASE_URL", "REDIS_URL", "PRECORO_API_KEY"}
PATIENCE = 300.0


@dataclass(frozen=True)
class Consent:
    """What a person's consent gives: a code to exchange for tokens, and the company."""

    code: str
    realm: str
    redirect: str


def ask(runtime: Runtime, *, paste: bool, browser: bool) -> Consent:
    """Send a person through the consent page and return what comes back. Raises WrongError or CouldNotRunError."""
    settings = runtime.settings
    if not settings.qbo_client_id or not settings.qbo_client_secret:
        raise CouldNotRunError(
            "TIEOUT_QBO_CLIENT_ID and TIEOUT_QBO_CLIENT_SECRET are not set. They are those of the app at "
            "developer.intuit.com: docs/howto/connect.md"
        )
    redirect = redirect_address(settings)
    state = secrets.token_urlsafe(32)
    url = clients.oauth(runtime, redirect).authorise_url(state)
    say("Open this address, sign in to QuickBooks and choose the company:")
    click.echo(f"\n  {url}\n", err=True)
    listening = not paste and urlsplit(redirect).hostname in HERE
    answer = _listen(redirect, url, state, browser=browser) if listening else _pasted(redirect, url, browser=browser)
    return read(answer, state, redirect)


def redirect_address(settings: Settings) -> str:
    """Return where Intuit sends people back to: it must be entered at Intuit letter by letter."""
    return settings.qbo_redirect_url or f"http://127.0.0.1:{settings.port_base + CALLBACK_PORT}/callback"


def read(address: str, state: str, redirect: str) -> Consent:
    """Take code and company from the address that Intuit sent the person to. Raises WrongError."""
    query = _query(address)
    if not _is_answer_to(state, address):
        raise WrongError(
            "That answer does not belong to this attempt (state differs). Start again, and use the new address."
        )
    if "error" in query:
        raise WrongError(f"QuickBooks gave no permission ({query['error']}). Start again, and choose Connect.")
    if not query.get("code") or not query.get("realmId"):
        raise WrongError("That address names no company. Copy all of it from the browser, and start again.")
    return Consent(query["code"], query["realmId"], redirect)


def _query(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address.strip()).query).items()}


def _is_answer_to(state: str, address: str) -> bool:
    """Say whether an address carries the `state` that we gave."""
    return hmac.compare_digest(_query(address).get("state", "").encode(), state.encode())


def open_browser(url: str) -> None:
    """Open the browser, which must not inherit our secrets in its environment."""
    secret = [name for name in os.environ if name.startswith("TIEOUT_") or name in SECRET_NAMES]
    kept = {name: os.environ.pop(name) for name in secret}
    try:
        webbrowser.open(url)
    finally:
        os.environ.update(kept)


def _pasted(redirect: str, url: str, *, browser: bool) -> str:
    """Let the person paste the address that the browser ended at."""
    if browser:
        open_browser(url)
    say(f"Afterwards the browser is at an address that begins with {redirect}; the page itself may be empty.")
    pasted: str = click.prompt("Paste that address", err=True)
    return pasted


def _listen(redirect: str, url: str, state: str, *, browser: bool) -> str:
    """Wait on this machine for the browser to come back."""
    try:
        server = _Callback(redirect, state)
    except OSError as error:
        raise CouldNotRunError(
            f"Nobody can listen at {redirect} ({error.strerror}). Paste the address instead: --paste"
        ) from error
    with server:
        if browser:
            open_browser(url)
        say("Waiting for QuickBooks ... (Ctrl-C stops)")
        server.wait()
    if server.answer is None:
        raise WrongError("QuickBooks did not come back within five minutes. Start again, or with --paste.")
    return server.answer


class _Callback(HTTPServer):
    """Listens for the one request that matters; any page of the browser could send others."""

    timeout = 1.0

    def __init__(self, redirect: str, state: str) -> None:
        self.redirect = urlsplit(redirect)
        self.state = state
        self.answer: str | None = None
        super().__init__((self.redirect.hostname or "127.0.0.1", self.redirect.port or 80), _Answer)

    def take(self, address: str, host: str) -> tuple[HTTPStatus, str]:
        """Keep the answer to our attempt, and go on waiting after any other; returns what the browser is told."""
        if urlsplit(address).path != self.redirect.path:
            return HTTPStatus.NOT_FOUND, "Not found."
        if host.lower() != self.redirect.netloc.lower() or not _is_answer_to(self.state, address):
            return HTTPStatus.BAD_REQUEST, "This is not the answer that is waited for."
        self.answer = address
        if "error" in _query(address):
            return HTTPStatus.OK, "Nothing was connected. Please go back to the terminal; this page can be closed."
        return HTTPStatus.OK, "Thank you. Please go back to the terminal; this page can be closed."

    def wait(self) -> None:
        """Answer until the browser comes back, or patience is over."""
        for _ in range(int(PATIENCE / self.timeout)):
            self.handle_request()
            if self.answer is not None:
                return

    def handle_timeout(self) -> None:
        """Go on waiting."""


class _Answer(BaseHTTPRequestHandler):
    """Takes the answer, and tells the person to go back to the terminal."""

    server: _Callback
    timeout: ClassVar[float] = 5.0

    def do_GET(self) -> None:
        """Hand the address over; everything that is no answer to us, such as a favicon, changes nothing."""
        status, text = self.server.take(self.path, self.headers.get("Host", ""))
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the base class
        """Write nothing: the address holds the code."""
