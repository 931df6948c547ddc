"""Start the stand-in: python -m standins.precoro --port N."""

from __future__ import annotations

from standins.command import run
from standins.precoro.app import create_app

if __name__ == "__main__":
    run("Precoro", create_app)
