"""`python -m console`: serves the pages until it is told to stop."""

from __future__ import annotations

import sys

import settings as settings_module
import startup
from console.app import create_app
from server import serve


def main() -> int:
    """Serve the console."""
    settings = settings_module.load()
    startup.prepare(settings.log_level)
    serve(create_app(settings), settings, host=settings.console_bind, port=settings.port("console"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
