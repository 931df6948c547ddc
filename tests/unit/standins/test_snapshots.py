"""A snapshot is written whole, whoever else writes it at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from standins import wire
from standins.quickbooks.app import create_app


def test_many_may_save_at_once(tmp_path: Path) -> None:
    kept = tmp_path / "books.json"
    control = create_app(seed="empty", snapshot=kept).extensions["control"]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: control.save(), range(64)))
    assert set(wire.loads(kept.read_bytes())) == {"world", "settings", "webhooks"}
