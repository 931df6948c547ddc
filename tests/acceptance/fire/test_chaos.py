"""A short chaos run: what `python -m bench.chaos` promises, and that its seed decides everything that is decided."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench import chaos_plan

ROOT = Path(__file__).parents[3]


def test_one_seed_always_decides_the_same_and_another_something_else() -> None:
    assert chaos_plan.steps(100, 3) == chaos_plan.steps(100, 3)
    assert chaos_plan.faults(3) == chaos_plan.faults(3)
    assert chaos_plan.steps(100, 3) != chaos_plan.steps(100, 4)


def test_nobody_touches_a_document_before_it_exists_or_after_it_is_cancelled() -> None:
    steps = [step for step in chaos_plan.steps(300, 5) if step.document >= 0]
    lives = {number: [step.act for step in steps if step.document == number] for number in range(300)}
    assert all(life[0] == "approve" and "cancel" not in life[:-1] for life in lives.values())


def test_everything_dies_at_least_once() -> None:
    assert {step.act for step in chaos_plan.steps(10, 1)} >= set(chaos_plan.KILLED)


@pytest.mark.timeout(600)
def test_both_sides_tie_out_after_a_short_chaos() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "bench.chaos", "--documents", "40", "--seed", "7"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "survived, both sides tie out" in run.stdout
