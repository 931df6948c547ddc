"""Run the QuickBooks stand-in: `python -m standins.quickbooks --port 8703`."""

from __future__ import annotations

from standins.quickbooks.app import create_app
from standins.server import arguments, serve


def main() -> None:
    """Serve until stopped."""
    options = arguments("quickbooks")
    app = create_app(seed=options.seed, speed=options.speed, snapshot=options.snapshot)
    serve(app, options.port, name="QuickBooks", on_stop=app.extensions["control"].save)


if __name__ == "__main__":
    main()
