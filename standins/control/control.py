"""Everything of a stand-in besides its API, with snapshot and reset."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from flask import Response

from standins import wire
from standins.control.delivery import Outbox
from standins.control.faults import FaultBook, OrderedFault
from standins.control.log import RequestLog
from standins.control.settings import BaseSettings, merge

SNAPSHOT_SECONDS = 1.0


class Memory(Protocol):
    """What a stand-in remembers besides its world, and must remember over a restart."""

    def clear(self) -> None:
        """Forget everything."""

    def dump(self) -> Any:
        """Return it as JSON."""

    def load(self, dumped: Any) -> None:
        """Restore what `dump` returned."""


class World(Protocol):
    """What a stand-in holds in memory."""

    def reset(self, seed: Any) -> None:
        """Start afresh from "small", "empty" or a whole state."""

    def state(self) -> dict[str, Any]:
        """Return everything as JSON, for assertions."""

    def rows(self, company: str, collection: str) -> list[dict[str, Any]]:
        """Return what `state` has of a collection. Raises LookupError where there is no such collection or company."""

    def dump(self) -> dict[str, Any]:
        """Return everything that must survive a restart, as JSON."""

    def load(self, dumped: dict[str, Any]) -> None:
        """Restore what `dump` returned."""


S = TypeVar("S", bound=BaseSettings)

Render = Callable[[OrderedFault], Response]
"""Draws the answer of a fault (429, 500, 503, 401, stale, ...) as the service at hand would."""


class ControlPanel(Generic[S]):
    """The parts of a stand-in that are not its API. Hold `lock` while touching the world."""

    def __init__(
        self,
        *,
        settings: S,
        world: World,
        outbox: Outbox,
        render_fault: Render,
        speed: float = 1.0,
        seed: Any = "small",
        snapshot: Path | None = None,
        on_settings: Callable[[dict[str, Any]], None] = lambda _changes: None,
    ) -> None:
        self.settings = settings
        self.world = world
        self.outbox = outbox
        self.render_fault = render_fault
        self.speed = speed
        self.seed = seed
        self.snapshot = snapshot
        self.on_settings = on_settings
        self.lock = threading.RLock()
        self.faults = FaultBook()
        self.log = RequestLog()
        self._first_settings = replace(settings)
        self._first_webhooks = replace(outbox.settings)
        self._memories: dict[str, Memory] = {"faults": self.faults, "outbox": outbox}
        self._dirty = threading.Event()
        self._saving = threading.Lock()

    def remember(self, name: str, memory: Memory) -> None:
        """Keep a memory in the snapshot, and clear it at every reset."""
        self._memories[name] = memory

    def start(self) -> None:
        """Load snapshot or seed, and keep the snapshot fresh from now on."""
        if self.snapshot and self.snapshot.exists():
            self.load(wire.loads(self.snapshot.read_bytes()))
        else:
            self.world.reset(self.seed)
        if self.snapshot:
            threading.Thread(target=self._keep_snapshot, daemon=True, name="snapshot").start()

    def touch(self) -> None:
        """Say that something changed that a snapshot must show."""
        self._dirty.set()

    def dump(self) -> dict[str, Any]:
        """Return what a snapshot keeps: all that decides about answers, which the log of requests does not."""
        return {
            "world": self.world.dump(),
            "settings": asdict(self.settings),
            "webhooks": asdict(self.outbox.settings),
            **{name: memory.dump() for name, memory in self._memories.items()},
        }

    def load(self, kept: dict[str, Any]) -> None:
        """Restore what `dump` returned, or an older snapshot that has less."""
        self.world.load(kept["world"])
        merge(self.settings, kept["settings"])
        merge(self.outbox.settings, kept["webhooks"])
        for name in self._memories.keys() & kept.keys():
            self._memories[name].load(kept[name])

    def save(self) -> None:
        """Write the snapshot now, if there is to be one."""
        if not self.snapshot:
            return
        with self._saving:
            with self.lock:
                text = wire.dumps(self.dump())
            fresh = self.snapshot.with_suffix(f".{id(self)}.tmp")  # another stand-in may keep the same file
            fresh.write_text(text)
            fresh.replace(self.snapshot)

    def reset(self, seed: Any) -> None:
        """Start afresh: world, settings, faults, log, pending webhooks. The webhook addresses stay."""
        with self.lock:
            self.world.reset(seed)
            for field in fields(self.settings):
                setattr(self.settings, field.name, getattr(self._first_settings, field.name))
            for field in fields(self.outbox.settings):
                if field.name not in {"url", "urls"}:
                    setattr(self.outbox.settings, field.name, getattr(self._first_webhooks, field.name))
            for memory in self._memories.values():
                memory.clear()
            self.log.clear()
        self.touch()

    def _keep_snapshot(self) -> None:
        while True:
            self._dirty.wait()
            time.sleep(SNAPSHOT_SECONDS)
            self._dirty.clear()
            self.save()
