"""A short month: what `python -m bench.month` promises, with a kill and a restored database."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(600)
def test_the_tie_out_report_of_a_month_shows_what_happened_and_nothing_else() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "bench.month", "--documents", "30", "--seed", "5", "--rate", "20"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "the report shows what happened" in run.stdout
