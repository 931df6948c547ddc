"""How many calls a key or a company may still make, counted in Redis for all workers.

All windows of an account are checked in one atomic script.

Own code and not pyrate-limiter 4.5: its RedisBucket counts with the clock of each client, and six threads were allowed 201 calls of 200;
it also needs a second script for the identical request, which cannot be undone atomically, and a thread to forget old calls.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Protocol, cast

import tenacity
from redis import Redis
from redis.exceptions import RedisError

from outbound.errors import AskedTooOften, CallDetails, NoBudget, QuotaUnreachable

MINUTE = 60.0

TAKE = """
-- Each key is a sorted set of calls by time. Counts a call in all keys, or in none when a window of any key is full.
-- KEYS  the account, then perhaps the named request; last, what is there for as long as the service told us to wait
-- ARGV  weight, a name that nobody else uses, then for each key: how many windows, and (milliseconds, limit) of each, longest first
-- Returns {0, 0, 0}, or {milliseconds until there is room, key, window} for the full window with the longest wait; key and
-- window are 0 when the service told us to wait.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local weight = tonumber(ARGV[1])
local at, longest, wait = 3, {}, {0, 0, 0}
local closed = redis.call('PTTL', table.remove(KEYS))
if closed > 0 then
    return {closed, 0, 0}
end

for k, key in ipairs(KEYS) do
    local windows = tonumber(ARGV[at])
    longest[k] = tonumber(ARGV[at + 1])
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now - longest[k])
    for w = 1, windows do
        local interval, limit = tonumber(ARGV[at + 2 * w - 1]), tonumber(ARGV[at + 2 * w])
        if redis.call('ZCOUNT', key, '(' .. (now - interval), '+inf') + weight > limit then
            local needed = interval
            if weight <= limit then
                local blocking = redis.call('ZREVRANGE', key, limit - weight, limit - weight, 'WITHSCORES')
                needed = math.max(1, blocking[2] + interval - now)
            end
            if needed > wait[1] then
                wait = {needed, k, w}
            end
        end
    end
    at = at + 1 + 2 * windows
end

if wait[1] == 0 then
    for k, key in ipairs(KEYS) do
        for i = 1, weight do
            redis.call('ZADD', key, now, ARGV[2] .. ':' .. i)
        end
        redis.call('PEXPIRE', key, longest[k])
    end
end
return wait
"""


class Priority(Enum):
    """Who asks: each may use its share of every window, so that urgent work always finds room."""

    PERSON = "person"
    """Somebody clicked and waits."""
    SET_UP = "set-up"
    """A long action of a connection that is not live yet: little else needs its quota."""
    CATCH_UP = "catch-up"
    """The periodic check that finds what no event told."""
    NORMAL = "normal"
    """Work that an event caused."""
    BACKLOG = "backlog"
    """What can wait, as write-backs in a backlog."""


SHARES: Mapping[Priority, float] = MappingProxyType(
    {
        Priority.PERSON: 1.0,
        Priority.CATCH_UP: 0.97,
        Priority.SET_UP: 0.95,
        Priority.NORMAL: 0.9,
        Priority.BACKLOG: 0.75,
    }
)


@dataclass(frozen=True)
class Window:
    """At most `limit` calls in any `seconds`."""

    limit: int
    seconds: float


def seconds_for(calls: int, windows: Sequence[Window]) -> float:
    """Return the least seconds that so many calls take, the first being made at once."""
    seconds, left = 0.0, calls
    for window in sorted(windows, key=lambda window: -window.seconds):
        full = max(0, left - 1) // window.limit
        seconds, left = seconds + full * window.seconds, left - full * window.limit
    return seconds


@dataclass(frozen=True)
class Headroom:
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


class UnlimitedBudget:
    """A budget without an end, for calls that nobody counts."""

    def take(self, name: str | None = None, weight: int = 1, keep: int = 0) -> None:
        """Allow the call."""


class WaitingBudget:
    """A budget that waits for room, at most `seconds` a call.

    For set-up, where a person looks on, and for long actions; documents' jobs never wait.
    """

    def __init__(self, quota: Budget, seconds: float = 90.0) -> None:
        self.quota = quota
        self._retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(NoBudget),
            wait=_stated_wait,
            stop=tenacity.stop_before_delay(seconds),
            reraise=True,
        )

    def take(self, name: str | None = None, weight: int = 1, keep: int = 0) -> None:
        """Count a call as soon as there is room; NoBudget when there is none in time."""
        self._retrying(self.quota.take, name, weight, keep)


def _stated_wait(state: tenacity.RetryCallState) -> float:
    """Return the seconds that a NoBudget says."""
    error = state.outcome.exception() if state.outcome else None
    return error.retry_after or MINUTE if isinstance(error, NoBudget) else MINUTE


class Quota:
    """The windows of one key or company.

    Args:
        redis: shared by all workers
        key: names the account that is limited; two quotas with one key share their count
        windows: all must have room; `workers/clients.py` makes the real ones of the settings
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
        self._script = redis.register_script(TAKE)
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
        """Count `weight` calls now, leaving `keep` calls of the longest window to others: one round trip.

        Raises NoBudget (AskedTooOften for the name's own windows), with the seconds until there is room, and then counts
        nothing; QuotaUnreachable when Redis does not answer.
        """
        try:
            wait, full, is_same_request = self._ask(name, weight, keep)
            text = self._closed_reason() if wait and full is None else ""
        except RedisError as error:
            raise self._unreachable() from error
        if full is not None:
            text = f"No more than {full.limit} in {full.seconds:g} seconds"
        if wait:
            kind = AskedTooOften if is_same_request else NoBudget
            raise kind(CallDetails(service=self.service, text=text), retry_after=wait)

    def close(self, seconds: float, reason: str) -> None:
        """Let nobody call for so long, because the service asked one of us to wait.

        Raises QuotaUnreachable.
        """
        try:
            self.redis.set(self._closed, reason, px=max(1, round(seconds * 1000)))
        except RedisError as error:
            raise self._unreachable() from error

    def open(self) -> None:
        """End a wait early, because a person says so."""
        try:
            self.redis.delete(self._closed)
        except RedisError as error:
            raise self._unreachable() from error

    def headroom(self) -> list[Headroom]:
        """Return what is left of each window, the longest first. Raises QuotaUnreachable."""
        try:
            seconds, microseconds = self.redis.time()
            now = seconds * 1000 + microseconds // 1000
            pipe = self.redis.pipeline(transaction=False)
            for window in self.windows:
                pipe.zcount(self.key, f"({now - self._milliseconds(window)}", "+inf")
            counts = cast("list[int]", pipe.execute())
        except RedisError as error:
            raise self._unreachable() from error
        return [Headroom(window, used) for window, used in zip(self.windows, counts, strict=True)]

    def _ask(self, name: str | None, weight: int, keep: int) -> tuple[float, Window | None, bool]:
        """Run the script; returns the seconds to wait, the full window, and whether it is the name's own."""
        account = [Window(self._shared(window.limit), window.seconds) for window in self.windows]
        account[0] = Window(max(0, account[0].limit - keep), account[0].seconds)
        keys, windows = [self.key], [account]
        if name is not None and self.same:
            keys.append(f"{self.key}:{hashlib.sha256(name.encode()).hexdigest()[:32]}")
            windows.append(list(self.same))
        arguments: list[str | int] = [weight, uuid.uuid4().hex]
        for of_key in windows:
            arguments.append(len(of_key))
            for window in of_key:
                arguments += [self._milliseconds(window), window.limit]
        wait, key, number = cast("tuple[int, int, int]", self._script([*keys, self._closed], arguments))
        return wait / 1000, windows[key - 1][number - 1] if key else None, key > 1

    def _closed_reason(self) -> str:
        """Return what the service said when it asked us to wait."""
        reason = self.redis.get(self._closed) or b""
        return reason.decode() if isinstance(reason, bytes) else reason

    @property
    def _closed(self) -> str:
        return f"{self.key}:closed"

    def _shared(self, limit: int) -> int:
        return max(1, int(limit * self.shares[self.priority]))

    def _milliseconds(self, window: Window) -> int:
        return max(1, round(window.seconds * 1000 / self.speed))

    def _unreachable(self) -> QuotaUnreachable:
        return QuotaUnreachable(CallDetails(service=self.service, text="Redis does not answer"))
