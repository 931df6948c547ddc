"""The pages still to be read are the cursor of a task."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from workers.reference.pages import Page, read_next
from workers.tasks.action import Step


def read(cursor: Any) -> list[Page] | None:
    """Read the next page of a list of three pages, then of another list."""
    step = cast("Step", SimpleNamespace(cursor=cursor))
    return read_next(step, [["list", 1], ["other"]], {"list": _read_list, "other": _read_other})


def _read_list(_step: Step, number: int) -> list[Page]:
    return [["list", number + 1]] if number < 3 else []


def _read_other(_step: Step) -> list[Page]:
    return []


def test_each_step_reads_one_page_until_none_is_left() -> None:
    cursors, cursor = [], read(None)
    while cursor is not None:
        cursors.append(cursor)
        cursor = read(cursor)
    assert cursors == [[["list", 2], ["other"]], [["list", 3], ["other"]], [["other"]]]
