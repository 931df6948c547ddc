"""`python -m webhooks`: receives events until it is told to stop."""

from __future__ import annotations

import sys

import settings as settings_module
import startup
from server import serve
from webhooks.app import create_app


def main() -> int:
    """Serve the receiver."""
    settings = settings_module.load()
    startup.prepare(settings.log_level)
    serve(create_app(settings), settings, host=settings.bind, port=settings.port("receiver"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
