"""HTTP that cannot hang or wander, with one history row a request.

The only place where Tieout opens a connection to another service.
"""

from __future__ import annotations

import os
import ssl
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from ipaddress import ip_address
from typing import BinaryIO, Self, TypeAlias, TypeVar
from urllib.parse import urlsplit

import requests
import tenacity
from requests import exceptions as trouble
from requests.utils import get_environ_proxies
from urllib3.exceptions import HTTPError, NameResolutionError, NewConnectionError, ReadTimeoutError

from outbound.errors import (
    CallDetails,
    Dropped,
    Landed,
    NotAllowed,
    NotSent,
    RemoteError,
    Throttled,
    TimedOut,
    TooLarge,
    Verdict,
)
from outbound.multipart import Multipart
from outbound.response import REDIRECT, Response

MEBIBYTE = 1024 * 1024
CHUNK = 64 * 1024
CONNECT_SECONDS = 10.0
ATTEMPTS = 3

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request: its path below the base address, and whether it may change anything there."""

    method: str
    path: str
    params: Mapping[str, str] | tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | Multipart | None = field(default=None, repr=False)
    request_id: str | None = None
    writes: bool = False
    metered: bool = False
    max_bytes: int | None = None
    """The largest answer to this request, when it differs from the session's."""
    into: BinaryIO | None = field(default=None, repr=False)
    """Where the bytes of a good answer go, which are not kept in memory then; JSON is read as always."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """The history of one request, without token, query string or body."""

    service: str
    method: str
    path: str
    request_id: str | None
    status: int | None
    code: str | None
    tid: str | None
    duration_ms: int
    metered: bool
    writes: bool
    answered: bool
    """Whether the service did what was asked, or refused it clearly: then it is in order."""
    outcome: str
    """ok, the name of the error, or interrupted: ended from outside, as by a time limit of the job."""
    landed: str
    """yes: a write that was confirmed; no; maybe."""


OnCall: TypeAlias = Callable[[Call], None]
OnThrottled: TypeAlias = Callable[[Throttled], None]


def ignore_call(call: Call) -> None:
    """Record nothing, for uses without a history."""


def ignore_throttled(error: Throttled) -> None:
    """Tell nobody that the service asks us to wait, for uses without other callers."""


class Session:
    """Kept-alive connections to one service, without redirects, cookies or endless waits.

    Args:
        base_url: where paths start, as in `https://api.precoro.com`
        service: the name that people see in sentences
        timeout: seconds for the whole request, connecting and quick tries included
        max_bytes: the largest answer that is read
        on_call: told of every request, successful or not
        on_throttled: told when the service asks us to call less often
        allowed_hosts: when given, the host must be one of them or this machine; NotAllowed otherwise
    """

    def __init__(
        self,
        base_url: str,
        *,
        service: str,
        timeout: float,
        on_call: OnCall = ignore_call,
        on_throttled: OnThrottled = ignore_throttled,
        max_bytes: int = 32 * MEBIBYTE,
        allowed_hosts: Collection[str] | None = None,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.service = service
        self.timeout = timeout
        self.max_bytes = max_bytes
        self.on_call = on_call
        self.on_throttled = on_throttled
        self._check_address(allowed_hosts)
        self._http = requests.Session()
        # For each call requests would look the environment through, which is a fifth of the CPU of a small one.
        self._http.trust_env = False
        self._http.proxies = get_environ_proxies(self.base_url)
        self._http.verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
        self._http.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def send(self, request: Request, read: Callable[[Response], T]) -> T:
        """Make the request and return what `read` makes of the answer, telling `on_call` how it went.

        Tries again at once, twice at most, and only when the request never left this machine. Errors of a request that
        changes nothing say `landed` NO.
        """
        started = time.monotonic()
        details = CallDetails(service=self.service, request_id=request.request_id)
        outcome, landed = "interrupted", Landed.MAYBE.value if request.writes else Landed.NO.value
        answered = False
        try:
            response = self._reach(request)
            details = response.details()
            result = read(response)
            outcome, landed, answered = "ok", "yes" if request.writes else Landed.NO.value, True
        except RemoteError as error:
            if not request.writes:
                error.landed = Landed.NO
            details, outcome, landed = error.details, type(error).__name__, error.landed.value
            answered = error.verdict is Verdict.HOLD
            if isinstance(error, Throttled):
                self.on_throttled(error)
            raise
        finally:
            self._report(request, started, details, outcome, landed, answered=answered)
        return result

    def close(self) -> None:
        """Close every connection that is kept alive."""
        self._http.close()

    def __enter__(self) -> Self:
        """Use the session for a while."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it afterwards."""
        self.close()

    def _check_address(self, allowed_hosts: Collection[str] | None) -> None:
        """Refuse what would send a credential in clear, or to a stranger."""
        reason = _why_not_called(self.base_url, allowed_hosts)
        if reason:
            raise NotAllowed(CallDetails(service=self.service, text=reason))

    def _reach(self, request: Request) -> Response:
        deadline = time.monotonic() + self.timeout
        quick = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(NotSent),
            stop=tenacity.stop_after_attempt(ATTEMPTS),
            wait=tenacity.wait_random(0.05, 0.25),
            reraise=True,
        )
        return quick(self._once, request, deadline)

    def _once(self, request: Request, deadline: float) -> Response:
        """Make the request once and read the whole answer."""
        try:
            with self._open(request, deadline) as response:
                content = self._read(request, response, deadline)
        except (trouble.RequestException, HTTPError) as error:
            raise self._translated(request, error) from error
        except _OutOfTimeError as error:
            raise TimedOut(self._details(request)) from error
        return Response(
            service=self.service,
            status=response.status_code,
            headers=response.headers,
            content=content,
            request_id=request.request_id,
        )

    def _open(self, request: Request, deadline: float) -> requests.Response:
        if not request.path.startswith("/"):
            raise NotAllowed(CallDetails(service=self.service, text="A path starts with a slash"))
        left = max(0.01, deadline - time.monotonic())
        return self._http.request(
            request.method,
            self.base_url + request.path,
            params=tuple(request.params.items()) if isinstance(request.params, Mapping) else request.params,
            data=_TimedBody(request.body, deadline) if isinstance(request.body, Multipart) else request.body,
            headers=dict(request.headers),
            timeout=(min(CONNECT_SECONDS, left), left),
            allow_redirects=False,
            stream=True,
            # Without an auth of our own, requests replaces our Authorization header by what it finds in ~/.netrc.
            auth=_keep_authorization,
        )

    def _read(self, request: Request, response: requests.Response, deadline: float) -> bytes:
        """Read the body up to the most bytes and not beyond the deadline, and return what is kept in memory.

        By `read1`, which gives what has arrived: `iter_content` waits for a full chunk, for ever when a byte comes now and then.
        """
        body, size, most = bytearray(), 0, request.max_bytes or self.max_bytes
        keep = request.into.write if request.into and _is_file(response) else body.extend
        while chunk := self._next(response, deadline):
            keep(chunk)
            size += len(chunk)
            if size > most:
                text = f"It has more than {most // MEBIBYTE} MB"
                raise TooLarge(self._details(request, response.status_code, text))
            if time.monotonic() > deadline:
                raise TimedOut(self._details(request, response.status_code))
        return bytes(body)

    def _next(self, response: requests.Response, deadline: float) -> bytes:
        _wait_no_longer(response, deadline)
        chunk: bytes | None = response.raw.read1(CHUNK, decode_content=True)
        return chunk or b""

    def _translated(self, request: Request, error: trouble.RequestException | HTTPError) -> RemoteError:
        """Return our error for one of requests or urllib3: only what provably never left is NotSent."""
        causes = tuple(_causes(error))
        if isinstance(error, trouble.ConnectTimeout) or _any(causes, NewConnectionError, NameResolutionError):
            return NotSent(self._details(request, text=_why_not_sent(causes)))
        if _any(causes, ssl.SSLCertVerificationError):
            return NotSent(self._details(request, text="Its certificate is not valid"))
        if isinstance(error, trouble.Timeout) or _any(causes, ReadTimeoutError, TimeoutError):
            return TimedOut(self._details(request))
        if isinstance(error, trouble.InvalidURL | trouble.InvalidSchema | trouble.MissingSchema):
            return NotAllowed(self._details(request))
        return Dropped(self._details(request))

    def _details(self, request: Request, status: int | None = None, text: str = "") -> CallDetails:
        return CallDetails(service=self.service, status=status, request_id=request.request_id, text=text)

    def _report(
        self, request: Request, started: float, details: CallDetails, outcome: str, landed: str, *, answered: bool
    ) -> None:
        self.on_call(
            Call(
                service=self.service,
                method=request.method,
                path=request.path,
                request_id=request.request_id,
                status=details.status,
                code=details.code,
                tid=details.tid,
                duration_ms=round((time.monotonic() - started) * 1000),
                metered=request.metered,
                writes=request.writes,
                answered=answered,
                outcome=outcome,
                landed=landed,
            )
        )


class _OutOfTimeError(Exception):
    """The time for a request was over before its body was sent."""


class _TimedBody:
    """A body that is sent piece by piece, and not beyond the deadline."""

    def __init__(self, body: Multipart, deadline: float) -> None:
        self._body = body
        self._deadline = deadline

    def __len__(self) -> int:
        return len(self._body)

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._body:
            if time.monotonic() > self._deadline:
                raise _OutOfTimeError
            yield piece


def _is_file(response: requests.Response) -> bool:
    """Say whether an answer is a file that was asked for, and no refusal, no JSON about it and no page instead of it."""
    kind = response.headers.get("Content-Type", "").lower()
    return response.status_code < REDIRECT and "json" not in kind and "html" not in kind


def _why_not_called(base_url: str, allowed_hosts: Collection[str] | None) -> str:
    """Say why nothing is sent to an address; plain http is for stand-ins on this machine."""
    parts = urlsplit(base_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return "That is no address"
    if parts.username is not None or parts.password is not None:
        return "An address holds no credentials"
    if _is_this_machine(parts.hostname):
        return ""
    if allowed_hosts is not None and parts.hostname not in allowed_hosts:
        return f"{parts.hostname} is not one of the allowed hosts"
    return "" if parts.scheme == "https" else f"{parts.hostname} is called over https only"


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _wait_no_longer(response: requests.Response, deadline: float) -> None:
    """Limit the next read of the body to the time that is left."""
    sock = getattr(getattr(response.raw, "connection", None), "sock", None)
    if sock is not None:
        sock.settimeout(max(0.01, deadline - time.monotonic()))


def _keep_authorization(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _causes(error: BaseException | None) -> list[BaseException]:
    """Return the error and all that it wraps, in args, `reason`, cause or context."""
    causes: list[BaseException] = []
    waiting = [error]
    while waiting:
        current = waiting.pop()
        if not isinstance(current, BaseException) or current in causes:
            continue
        causes.append(current)
        waiting += [current.__cause__, current.__context__, getattr(current, "reason", None), *current.args]
    return causes


def _any(causes: tuple[BaseException, ...], *kinds: type[BaseException]) -> bool:
    return any(isinstance(cause, kinds) for cause in causes)


def _why_not_sent(causes: tuple[BaseException, ...]) -> str:
    if _any(causes, NameResolutionError):
        return "Its name is not known"
    if _any(causes, ConnectionRefusedError):
        return "Nobody answers at its address"
    return "No connection could be made"
