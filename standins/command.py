"""The command line of both stand-ins: python -m standins.{precoro,quickbooks} --port N."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask

from standins import wire
from standins.companies.seeds import companies_of
from standins.server import serve

SEEDS = """small, empty, fresh, '{"fresh": {"vendors": 5000, "accounts": 2000}}', or \
'{"size": {"suppliers": 10000, "documents": 50000}, "random": 7}'"""


def run(name: str, create_app: Callable[..., Flask]) -> None:
    """Serve the stand-in of a service until told to stop."""
    options = _options(name)
    app = create_app(seed=options.seed, speed=options.speed, snapshot=options.snapshot)
    serve(app, options.port, name=name, on_stop=app.extensions["control"].save)


def _options(name: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"python -m standins.{name.lower()}", description=f"A stand-in for {name}.")
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1; 0 chooses a free one")
    parser.add_argument("--seed", type=_seed, default="small", help=f"companies to start with: {SEEDS}")
    parser.add_argument("--snapshot", type=Path, help="JSON file that keeps the state over a restart")
    parser.add_argument("--speed", type=float, default=1.0, help="divides every time window and delay (1 = real)")
    return parser.parse_args()


def _seed(written: str) -> Any:
    try:
        seed = wire.loads(written) if written.startswith("{") else written
        companies_of(seed)
    except (ValueError, TypeError) as error:
        raise argparse.ArgumentTypeError(f"{error}. Known: {SEEDS}") from error
    return seed
