"""What pages work with: the settings, and a runtime for each thread, since a runtime notes one call after the other."""

from __future__ import annotations

import threading

from flask import current_app

from settings import Settings
from workers.runtime import Runtime


class Console:
    """What all pages share."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._here = threading.local()
        self._opened: list[Runtime] = []

    @property
    def runtime(self) -> Runtime:
        """Return the runtime of this thread, opened when it is first needed."""
        if not hasattr(self._here, "runtime"):
            self._here.runtime = Runtime(self.settings)
            self._opened.append(self._here.runtime)
        opened: Runtime = self._here.runtime
        return opened

    def close(self) -> None:
        """Close every runtime."""
        for runtime in self._opened:
            runtime.close()


def console() -> Console:
    """Return what all pages share."""
    shared: Console = current_app.extensions["tieout"]
    return shared


def runtime() -> Runtime:
    """Return the runtime of this thread."""
    return console().runtime
