"""How many calls a key or a company may still make: every window of it in one atomic check, kept in Redis for all workers."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Protocol, cast

from pyrate_limiter import Rate, RateItem, RedisBucket
from pyrate_limiter.buckets.redis_bucket import LuaScript
from redis import Redis
from redis.exceptions import NoScriptError, RedisError

from outbound.errors import NoBudget, QuotaUnreachable, Reply

SCRIPT_HASH = hashlib.sha1(LuaScript.PUT_ITEM.encode(), usedforsecurity=False).hexdigest()
SWEEP_EVERY = 50
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


class Priority(Enum):
    """Who asks: each may use only its share of every window, so that more urgent work always finds room."""

    PERSON = "person"
    """Somebody clicked and waits."""
    CATCH_UP = "catch-up"
    """The periodic check that finds what no event told."""
    NORMAL = "normal"
    """Work that an event caused."""
    BACKLOG = "backlog"
    """What can wait, as write-backs in a backlog."""


SHARES: Mapping[Priority, float] = MappingProxyType(
    {Priority.PERSON: 1.0, Priority.CATCH_UP: 0.97, Priority.NORMAL: 0.9, Priority.BACKLOG: 0.75}
)


@dataclass(frozen=True)
class Window:
    """At most `limit` calls in any `seconds`, which may be a fraction of a second when time is scaled."""

    limit: int
    seconds: float


PRECORO_WINDOWS = (Window(60, MINUTE), Window(1500, HOUR), Window(3000, DAY))
PRECORO_SAME_REQUEST = (Window(1, MINUTE + 1), Window(30, HOUR))
QUICKBOOKS_WINDOWS = (Window(10, 1.0), Window(500, MINUTE))
QUICKBOOKS_BATCH = (Window(40, MINUTE),)


@dataclass(frozen=True)
class Room:
    """What is left of one window at this moment."""

    window: Window
    used: int

    @property
    def left(self) -> int:
        """The calls that still fit."""
        return max(0, self.window.limit - self.used)


class Budget(Protocol):
    """What a client asks before each call."""

    def take(self, name: str | None = None, weight: int = 1, keep: int = 0) -> None:
        """Count a call, or raise NoBudget."""


class Unlimited:
    """A budget without an end, for calls that nobody counts."""

    def take(self, name: str | None = None, weight: int = 1, keep: int = 0) -> None:
        """Allow the call."""


class Quota:
    """The windows of one key or company.

    Args:
        redis: shared by all workers
        key: names the account that is limited; two quotas with one key share their count
        windows: all must have room; the real ones are PRECORO_WINDOWS and QUICKBOOKS_WINDOWS
        service: as in sentences
        same: windows for calls that are given a name: the identical request at Precoro, a batch at QuickBooks
        shares: the part of every window that each priority may use
        priority: who asks; see `at`
        speed: divides every window, for stand-ins whose time runs faster
    """

    def __init__(
        self,
        redis: Redis,
        key: str,
        windows: Sequence[Window],
        *,
        service: str,
        same: Sequence[Window] = (),
        shares: Mapping[Priority, float] = SHARES,
        priority: Priority = Priority.NORMAL,
        speed: float = 1.0,
    ) -> None:
        self.redis = redis
        self.key = key
        # The longest first: when several windows are full, the script names the first, and its wait is what counts.
        self.windows = tuple(sorted(windows, key=lambda window: -window.seconds))
        self.service = service
        self.same = tuple(sorted(same, key=lambda window: -window.seconds))
        self.shares = shares
        self.priority = priority
        self.speed = speed

    def at(self, priority: Priority) -> Quota:
        """Return the same quota for another kind of work."""
        return Quota(
            self.redis,
            self.key,
            self.windows,
            service=self.service,
            same=self.same,
            shares=self.shares,
            priority=priority,
            speed=self.speed,
        )

    def take(self, name: str | None = None, weight: int = 1, keep: int = 0) -> None:
        """Count `weight` calls now, leaving `keep` calls of the longest window to others; one round trip without a name.

        Raises NoBudget, with the seconds until there is room, and then counts nothing; QuotaUnreachable when Redis is not
        there.
        """
        try:
            self._take(name, weight, keep)
        except RedisError as error:
            raise QuotaUnreachable(Reply(service=self.service, text="Redis does not answer")) from error

    def headroom(self) -> list[Room]:
        """Return what is left of each window, the longest first; QuotaUnreachable when Redis is not there."""
        now = _now()
        pipe = self.redis.pipeline(transaction=False)
        for window in self.windows:
            pipe.zcount(self.key, now - self._milliseconds(window), now)
        try:
            counts = cast("list[int]", pipe.execute())
        except RedisError as error:
            raise QuotaUnreachable(Reply(service=self.service, text="Redis does not answer")) from error
        return [Room(window, used) for window, used in zip(self.windows, counts, strict=True)]

    def _take(self, name: str | None, weight: int, keep: int) -> None:
        now = _now()
        named = self._named_key(name) if name is not None and self.same else None
        if named is not None:
            self._put(
                named, [self._rate(window) for window in self.same], RateItem("call", now, weight), "this request"
            )
        try:
            self._put(self.key, self._rates(keep), RateItem("call", now, weight), "calls")
        except NoBudget:
            if named is not None:
                self.redis.zremrangebyscore(named, now, now)
            raise
        if named is not None or now % SWEEP_EVERY == 0:
            self._sweep(named, now)

    def _put(self, key: str, rates: list[Rate], item: RateItem, what: str) -> None:
        bucket = RedisBucket(rates, self.redis, key, SCRIPT_HASH)
        try:
            fits = bucket.put(item)
        except NoScriptError:  # Redis forgets scripts when it restarts
            self.redis.script_load(LuaScript.PUT_ITEM)
            fits = bucket.put(item)
        if fits:
            return
        rate = cast("Rate", bucket.failing_rate)
        wait = cast("int", bucket.waiting(item))
        seconds = max(1, wait if wait >= 0 else rate.interval) / 1000
        text = f"{what.capitalize()}: {rate.limit} in {rate.interval / 1000:g} s"
        raise NoBudget(Reply(service=self.service, text=text), retry_after=seconds)

    def _sweep(self, named: str | None, now: int) -> None:
        """Drop what no window counts any more, and let the counts of unused keys expire."""
        pipe = self.redis.pipeline(transaction=False)
        longest = self._milliseconds(self.windows[0])
        pipe.zremrangebyscore(self.key, 0, now - longest - 1)
        pipe.pexpire(self.key, longest * 2)
        if named is not None:
            pipe.pexpire(named, self._milliseconds(self.same[0]))
        pipe.execute()

    def _rates(self, keep: int) -> list[Rate]:
        share = self.shares[self.priority]
        rates = [self._rate(window, share) for window in self.windows]
        rates[0].limit = max(1, rates[0].limit - keep)
        return rates

    def _rate(self, window: Window, share: float = 1.0) -> Rate:
        return Rate(max(1, int(window.limit * share)), self._milliseconds(window))

    def _milliseconds(self, window: Window) -> int:
        return max(1, round(window.seconds * 1000 / self.speed))

    def _named_key(self, name: str) -> str:
        return f"{self.key}:{hashlib.sha256(name.encode()).hexdigest()[:32]}"


def _now() -> int:
    """Return milliseconds, as RedisBucket counts them."""
    return time.time_ns() // 1_000_000
