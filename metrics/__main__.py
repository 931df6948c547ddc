"""`python -m metrics`: serves the metrics until it is told to stop."""

from __future__ import annotations

import sys

import settings as settings_module
import startup
from metrics.app import create_app
from server import serve


def main() -> int:
    """Serve the metrics, on this machine only."""
    settings = settings_module.load()
    startup.prepare(settings.log_level)
    serve(create_app(settings), settings, host="127.0.0.1", port=settings.port("metrics"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
