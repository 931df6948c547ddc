"""Start the stand-in: python -m standins.precoro --port 8702."""

from __future__ import annotations

from standins.precoro.app import create_app
from standins.server import arguments, serve


def main() -> None:
    """Serve until told to stop."""
    options = arguments("precoro")
    app = create_app(seed=options.seed, speed=options.speed, snapshot=options.snapshot)
    serve(app, options.port, name="Precoro", on_stop=app.extensions["control"].save)


if __name__ == "__main__":
    main()
