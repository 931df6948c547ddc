"""Webhooks on their way: sent from background threads, with losses, doubles, disorder and retries as settings."""

from __future__ import annotations

import heapq
import random
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, ClassVar

import requests

from standins.control import ages

Encode = Callable[[list[Any], Any], tuple[bytes, dict[str, str]]]
"""Turns events, under the settings of the service, into the body and headers of one POST."""

Form = tuple[Callable[[Any], Any], Callable[[Any], Any]]
"""Turns an event into JSON, and back."""

SHUFFLE_SECONDS = 0.2
AS_IT_IS: Form = (lambda event: event, lambda event: event)


@dataclass
class WebhookSettings:
    """How webhooks travel; POST /_control/webhooks merges into it.

    `urls` lists endpoints per group: Precoro has up to five per company id, QBO one in the group "".
    `url` is short for the only endpoint of the group "". Times of `retry` are seconds, divided by --speed.
    `most_endpoints` is how many addresses a group may have.
    """

    most_endpoints: ClassVar[int | None] = None
    urls: dict[str, list[str]] = field(default_factory=dict)
    url: str | None = None
    drop: float = 0.0
    duplicate: float = 0.0
    shuffle: bool = False
    delay_ms: int = 0
    format: str = ""
    verifier_token: str = ""
    retry: list[float] = field(default_factory=list)
    retry_forever: bool = False
    head_of_line: bool = False
    timeout: float = 3.0
    batch: int = 1
    seed: int = 1

    def endpoints(self, group: str) -> list[str]:
        """Return the addresses for a group: its own, and the one for all."""
        urls = list(self.urls.get(group, []))
        return [*urls, self.url] if self.url else urls


@dataclass(order=True)
class _Parcel:
    due: float
    number: int
    events: list[Any] = field(compare=False)
    attempt: int = field(default=0, compare=False)


class _Address:
    """Where parcels go: those that wait for it, the one that is on its way, and until when all of them are held."""

    def __init__(self, url: str, lock: threading.Lock) -> None:
        self.url = url
        self.queue: list[_Parcel] = []
        self.sending: _Parcel | None = None
        self.held_until = 0.0
        self.is_closed = False
        self.changed = threading.Condition(lock)

    @property
    def parcels(self) -> list[_Parcel]:
        """Return all that did not arrive yet."""
        return [*([self.sending] if self.sending else []), *self.queue]

    def put(self, parcel: _Parcel) -> None:
        """Let a parcel wait here."""
        heapq.heappush(self.queue, parcel)
        self.changed.notify_all()

    def take(self, most_events: int) -> _Parcel | None:
        """Wait until a parcel is due, and return it with what may go along; None once the address is closed."""
        while not self.is_closed:
            wait = max(self.queue[0].due, self.held_until) - time.monotonic() if self.queue else None
            if wait is not None and wait <= 0:
                self.sending = self._packed(most_events)
                return self.sending
            self.changed.wait(wait)
        return None

    def close(self) -> None:
        """Forget what waits, and let the thread of this address end."""
        self.queue.clear()
        self.is_closed = True
        self.changed.notify_all()

    def _packed(self, most_events: int) -> _Parcel:
        parcel, now = heapq.heappop(self.queue), time.monotonic()
        while not parcel.attempt and self.queue and len(parcel.events) < most_events:
            if self.queue[0].attempt or self.queue[0].due > now:
                break
            parcel.events += heapq.heappop(self.queue).events
        return parcel


class Outbox:
    """Everything that waits to be delivered, one queue and one thread for each address until all is forgotten."""

    def __init__(self, encode: Encode, settings: WebhookSettings, *, speed: float = 1.0, form: Form = AS_IT_IS) -> None:
        self.settings = settings
        self._as_json, self._from_json = form
        self._encode = encode
        self._speed = speed
        self._chance, self._throws = random.Random(settings.seed), 0
        self._lock = threading.Lock()
        self._settled = threading.Condition(self._lock)
        self._addresses: dict[str, _Address] = {}
        self._on_the_way = 0
        self._number = 0
        self.counts = {"delivered": 0, "failed_attempts": 0, "given_up": 0, "dropped": 0, "without_address": 0}
        self.attempts: deque[dict[str, Any]] = deque(maxlen=500)

    def send(self, event: Any, group: str = "") -> None:
        """Put an event on its way to every endpoint of a group; returns at once."""
        with self._lock:
            urls = self.settings.endpoints(group)
            if not urls:
                self.counts["without_address"] += 1
            for url in urls:
                self._accept(url, event)

    def pending(self) -> int:
        """Count events neither acknowledged nor given up."""
        with self._lock:
            return self._pending()

    def wait_until_idle(self, seconds: float) -> bool:
        """Wait until nothing is pending; False when it still is after so many seconds."""
        with self._settled:
            return self._settled.wait_for(lambda: self._pending() == 0, seconds)

    def clear(self) -> None:
        """Forget what is pending, and the counts."""
        with self._lock:
            self._chance, self._throws = random.Random(self.settings.seed), 0
            for address in self._addresses.values():
                address.close()
            self._addresses.clear()
            self.counts = dict.fromkeys(self.counts, 0)
            self.attempts.clear()
            self._settled.notify_all()

    def dump(self) -> dict[str, Any]:
        """Return what is on its way, counts and attempts, as JSON."""
        with self._lock:
            held = {address.url: address.held_until for address in self._addresses.values() if address.held_until}
            return {
                "throws": self._throws,
                "number": self._number,
                "counts": dict(self.counts),
                "attempts": list(self.attempts),
                "held": {"urls": list(held), **ages.dump(held.values())},
                "parcels": [
                    {"url": address.url, "number": parcel.number, "attempt": parcel.attempt, **ages.dump([parcel.due]),
                     "events": [self._as_json(event) for event in parcel.events]}
                    for address in self._addresses.values() for parcel in address.parcels
                ],
            }  # fmt: skip

    def load(self, dumped: dict[str, Any]) -> None:
        """Restore what `dump` returned; what was being sent is sent again."""
        self.clear()
        with self._lock:
            for _ in range(dumped["throws"]):
                self._throw()
            self._number = dumped["number"]
            self.counts.update(dumped["counts"])
            self.attempts.extend(dumped["attempts"])
            for url, held_until in zip(dumped["held"]["urls"], ages.load(dumped["held"]), strict=True):
                self._address(url).held_until = held_until
            for kept in dumped["parcels"]:
                [due] = ages.load(kept)
                events = [self._from_json(event) for event in kept["events"]]
                self._address(kept["url"]).put(_Parcel(due, kept["number"], events, kept["attempt"]))

    def describe(self) -> dict[str, Any]:
        """Return settings, counts and the latest attempts, for GET /_control/webhooks."""
        with self._lock:
            return {
                **asdict(self.settings),
                "pending": self._pending(),
                **self.counts,
                "attempts": list(self.attempts),
            }

    def _pending(self) -> int:
        waiting = sum(len(parcel.events) for address in self._addresses.values() for parcel in address.queue)
        return waiting + self._on_the_way

    def _accept(self, url: str, event: Any) -> None:
        if self._throw() < self.settings.drop:
            self.counts["dropped"] += 1
            return
        copies = 2 if self._throw() < self.settings.duplicate else 1
        for _ in range(copies):
            self._number += 1
            self._address(url).put(_Parcel(time.monotonic() + self._delay(), self._number, [event]))

    def _throw(self) -> float:
        self._throws += 1
        return self._chance.random()

    def _address(self, url: str) -> _Address:
        """Return an address, with a thread that sends what waits for it."""
        if url not in self._addresses:
            self._addresses[url] = address = _Address(url, self._lock)
            threading.Thread(target=self._run, args=(address,), daemon=True, name=f"webhooks to {url}").start()
        return self._addresses[url]

    def _delay(self) -> float:
        delay = self.settings.delay_ms / 1000
        if self.settings.shuffle:
            delay += self._throw() * max(delay, SHUFFLE_SECONDS)
        return delay / self._speed

    def _run(self, address: _Address) -> None:
        with requests.Session() as session:
            session.trust_env = False
            while (parcel := self._next(address)) is not None:
                outcome = self._post(session, address.url, parcel.events)
                with self._lock:
                    self._on_the_way -= len(parcel.events)
                    address.sending = None
                    if not address.is_closed:
                        self._settle(address, parcel, outcome)
                    self._settled.notify_all()

    def _next(self, address: _Address) -> _Parcel | None:
        with self._lock:
            parcel = address.take(self.settings.batch)
            self._on_the_way += len(parcel.events) if parcel else 0
            return parcel

    def _post(self, session: requests.Session, url: str, events: list[Any]) -> int | str:
        body, headers = self._encode(events, self.settings)
        try:
            answer = session.post(
                url, data=body, headers=headers, timeout=self.settings.timeout, allow_redirects=False, stream=False
            )
        except requests.RequestException as error:
            return type(error).__name__
        return answer.status_code

    def _settle(self, address: _Address, parcel: _Parcel, outcome: int | str) -> None:
        self.attempts.append(
            {
                "time": datetime.now(UTC).isoformat(),
                "url": address.url,
                "outcome": outcome,
                "attempt": parcel.attempt + 1,
                "events": len(parcel.events),
            }
        )
        if isinstance(outcome, int) and HTTPStatus.OK <= outcome < HTTPStatus.MULTIPLE_CHOICES:
            self.counts["delivered"] += len(parcel.events)
            return
        self.counts["failed_attempts"] += 1
        self._again(address, parcel)

    def _again(self, address: _Address, parcel: _Parcel) -> None:
        schedule = self.settings.retry
        if not schedule or (parcel.attempt >= len(schedule) and not self.settings.retry_forever):
            self.counts["given_up"] += len(parcel.events)
            return
        due = time.monotonic() + schedule[min(parcel.attempt, len(schedule) - 1)] / self._speed
        parcel.attempt += 1
        if self.settings.head_of_line:
            address.held_until = due  # the parcel keeps its place before everything younger
        else:
            parcel.due = due
        address.put(parcel)
