"""How a bench turns measurements into figures."""

from __future__ import annotations

import os

import pytest

from bench import figures, usage
from bench.load import AnsweredRequest


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([3.0], 0.99, 3.0),
        ([4.0, 1.0, 3.0, 2.0], 0.5, 2.0),
        (list(range(1, 101)), 0.99, 99),
        (list(range(100)), 1.0, 99),
    ],
)
def test_a_quantile_is_the_nearest_rank(values: list[float], share: float, expected: float) -> None:
    assert figures.quantile(values, share) == expected


def test_there_is_no_quantile_of_nothing() -> None:
    with pytest.raises(ValueError, match="No values"):
        figures.quantile([], 0.5)


def test_latency_is_told_in_milliseconds() -> None:
    assert (
        figures.latency([AnsweredRequest(1, 0.0, 0.001), AnsweredRequest(2, 0.0, 0.002)])
        == "p50   1.00 ms   p99   2.00 ms"
    )


def test_the_use_of_this_process_can_be_read() -> None:
    me = os.getpid()
    assert me in usage.tree(me)
    assert usage.cpu_seconds(me) > 0
    assert usage.peak_megabytes(me) > 1
    assert "python" in usage.command_line(me)


def test_a_process_that_is_gone_has_used_nothing() -> None:
    gone = 2**22 + 1  # above the largest number that Linux gives to a process
    assert usage.cpu_seconds(gone) == 0
    assert usage.command_line(gone) == ""
