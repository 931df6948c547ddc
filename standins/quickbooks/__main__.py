"""Start the stand-in: python -m standins.quickbooks --port N."""

from __future__ import annotations

from standins.command import run
from standins.quickbooks.app import create_app

if __name__ == "__main__":
    run("QuickBooks", create_app)
