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


class Outbox:
    """Everything that waits to be delivered, one queue and one thread for each address."""

    def __init__(self, encode: Encode, settings: WebhookSettings, *, speed: float = 1.0, form: Form = AS_IT_IS) -> None:
        self.settings = settings
        self._as_json, self._from_json = form
        self._encode = encode
        self._speed = speed
        self._chance, self._throws = random.Random(settings.seed), 0
        self._changed = threading.Condition()
        self._queues: dict[str, list[_Parcel]] = {}
        self._sending: dict[str, _Parcel | None] = {}
        self._held_until: dict[str, float] = {}
        self._number = 0
        self._generation = 0
        self.counts = {"delivered": 0, "failed_attempts": 0, "given_up": 0, "dropped": 0, "without_address": 0}
        self.attempts: deque[dict[str, Any]] = deque(maxlen=500)

    def send(self, event: Any, group: str = "") -> None:
        """Put an event on its way to every endpoint of a group; returns at once."""
        with self._changed:
            urls = self.settings.endpoints(group)
            if not urls:
                self.counts["without_address"] += 1
            for url in urls:
                self._accept(url, event)
            self._changed.notify_all()

    def pending(self) -> int:
        """Count events neither acknowledged nor given up."""
        with self._changed:
            return self._pending()

    def wait_until_idle(self, seconds: float) -> bool:
        """Wait until nothing is pending; False when it still is after so many seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self._pending() == 0, seconds)

    def clear(self) -> None:
        """Forget what is pending, and the counts."""
        with self._changed:
            self._generation += 1
            self._chance, self._throws = random.Random(self.settings.seed), 0
            self._held_until.clear()
            for queue in self._queues.values():
                queue.clear()
            self.counts = dict.fromkeys(self.counts, 0)
            self.attempts.clear()
            self._changed.notify_all()

    def dump(self) -> dict[str, Any]:
        """Return what is on its way, counts and attempts, as JSON."""
        with self._changed:
            parcels = {
                url: [*([sending] if (sending := self._sending.get(url)) else []), *queue]
                for url, queue in self._queues.items()
            }
            return {
                "throws": self._throws,
                "number": self._number,
                "counts": dict(self.counts),
                "attempts": list(self.attempts),
                "held": {"urls": list(self._held_until), **ages.dump(self._held_until.values())},
                "parcels": [
                    {"url": url, "number": parcel.number, "attempt": parcel.attempt, **ages.dump([parcel.due]),
                     "events": [self._as_json(event) for event in parcel.events]}
                    for url, queue in parcels.items() for parcel in queue
                ],
            }  # fmt: skip

    def load(self, dumped: dict[str, Any]) -> None:
        """Restore what `dump` returned; what was being sent is sent again."""
        self.clear()
        with self._changed:
            for _ in range(dumped["throws"]):
                self._throw()
            self._number = dumped["number"]
            self.counts.update(dumped["counts"])
            self.attempts.extend(dumped["attempts"])
            self._held_until.update(zip(dumped["held"]["urls"], ages.load(dumped["held"]), strict=True))
            for kept in dumped["parcels"]:
                [due] = ages.load(kept)
                events = [self._from_json(event) for event in kept["events"]]
                parcel = _Parcel(due, kept["number"], events, kept["attempt"])
                heapq.heappush(self._queue(kept["url"]), parcel)
            self._changed.notify_all()

    def describe(self) -> dict[str, Any]:
        """Return settings, counts and the latest attempts, for GET /_control/webhooks."""
        with self._changed:
            return {
                **asdict(self.settings),
                "pending": self._pending(),
                **self.counts,
                "attempts": list(self.attempts),
            }

    def _pending(self) -> int:
        waiting = sum(len(parcel.events) for queue in self._queues.values() for parcel in queue)
        return waiting + sum(len(parcel.events) for parcel in self._sending.values() if parcel)

    def _accept(self, url: str, event: Any) -> None:
        if self._throw() < self.settings.drop:
            self.counts["dropped"] += 1
            return
        copies = 2 if self._throw() < self.settings.duplicate else 1
        for _ in range(copies):
            self._number += 1
            heapq.heappush(self._queue(url), _Parcel(time.monotonic() + self._delay(), self._number, [event]))

    def _throw(self) -> float:
        self._throws += 1
        return self._chance.random()

    def _queue(self, url: str) -> list[_Parcel]:
        """Return the queue of an address, with a thread that empties it."""
        if url not in self._queues:
            self._queues[url] = []
            threading.Thread(target=self._run, args=(url,), daemon=True, name=f"webhooks to {url}").start()
        return self._queues[url]

    def _delay(self) -> float:
        delay = self.settings.delay_ms / 1000
        if self.settings.shuffle:
            delay += self._throw() * max(delay, SHUFFLE_SECONDS)
        return delay / self._speed

    def _run(self, url: str) -> None:
        session = requests.Session()
        session.trust_env = False
        queue = self._queues[url]
        while True:
            with self._changed:
                while (wait := self._seconds_to_next(url)) is None or wait > 0:
                    self._changed.wait(wait)
                parcel = self._take(queue)
                generation = self._generation
                self._sending[url] = parcel
            outcome = self._post(session, url, parcel.events)
            with self._changed:
                self._sending[url] = None
                if generation == self._generation:
                    self._settle(url, parcel, outcome)
                self._changed.notify_all()

    def _seconds_to_next(self, url: str) -> float | None:
        queue = self._queues[url]
        if not queue:
            return None
        return max(queue[0].due, self._held_until.get(url, 0.0)) - time.monotonic()

    def _take(self, queue: list[_Parcel]) -> _Parcel:
        parcel = heapq.heappop(queue)
        now = time.monotonic()
        while not parcel.attempt and queue and len(parcel.events) < self.settings.batch:
            if queue[0].attempt or queue[0].due > now:
                break
            parcel.events += heapq.heappop(queue).events
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

    def _settle(self, url: str, parcel: _Parcel, outcome: int | str) -> None:
        self.attempts.append(
            {
                "time": datetime.now(UTC).isoformat(),
                "url": url,
                "outcome": outcome,
                "attempt": parcel.attempt + 1,
                "events": len(parcel.events),
            }
        )
        if isinstance(outcome, int) and HTTPStatus.OK <= outcome < HTTPStatus.MULTIPLE_CHOICES:
            self.counts["delivered"] += len(parcel.events)
            return
        self.counts["failed_attempts"] += 1
        self._again(url, parcel)

    def _again(self, url: str, parcel: _Parcel) -> None:
        schedule = self.settings.retry
        if not schedule or (parcel.attempt >= len(schedule) and not self.settings.retry_forever):
            self.counts["given_up"] += len(parcel.events)
            return
        due = time.monotonic() + schedule[min(parcel.attempt, len(schedule) - 1)] / self._speed
        parcel.attempt += 1
        if self.settings.head_of_line:
            self._held_until[url] = due  # the parcel keeps its place before everything younger
        else:
            parcel.due = due
        heapq.heappush(self._queues[url], parcel)
