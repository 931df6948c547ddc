"""The file of alerts: every message as a line of JSON, a file for each month, for whoever has no channel yet."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from pathlib import Path

from mappers.alerts.message import Message, is_about

KEPT = timedelta(days=90)


def folder(home: Path) -> Path:
    """Return the folder of the files."""
    return home / "alerts"


def append(home: Path, message: Message, moment: datetime) -> Path:
    """Write a message to the file of its month, which only its owner can read. Raises OSError."""
    folder(home).mkdir(mode=0o700, exist_ok=True)
    path = folder(home) / f"{moment:%Y-%m}.jsonl"
    line = json.dumps({"at": moment.isoformat(), "title": message.title, "body": message.body}, ensure_ascii=False)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    return path


def forget(home: Path, moment: datetime) -> None:
    """Remove the files of the months that are past."""
    oldest = f"{moment - KEPT:%Y-%m}.jsonl"
    for path in folder(home).glob("????-??.jsonl"):
        if path.name < oldest:
            path.unlink()


def forget_connection(home: Path, slug: str) -> None:
    """Remove the messages that name a connection."""
    for path in folder(home).glob("*.jsonl"):
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
        others = [line for line in lines if not _may_be_about(line, slug)]
        if others != lines:
            rest = path.with_suffix(".rest")
            rest.touch(0o600)
            rest.write_text("".join(others), encoding="utf-8")
            rest.replace(path)


def _may_be_about(line: str, slug: str) -> bool:
    """Say whether a line is a message that names a connection, or cannot be read, as when the disk was full."""
    try:
        return is_about(json.loads(line)["body"], slug)
    except ValueError:
        return True
