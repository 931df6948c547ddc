"""bin/up --check: the promise of the project, tried from a shell."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SECONDS = 240


def test_a_day_ties_out_and_no_setting_of_a_real_company_is_used(tmp_path: Path) -> None:
    """Real credentials and databases may stand in the environment of whoever tries this."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TIEOUT_")}
    dangerous = {"DATABASE_URL": "postgresql://books", "TIEOUT_QBO_CLIENT_ID": "real", "TIEOUT_PORT_BASE": "8700"}
    done = subprocess.run(
        [ROOT / "bin" / "up", "--check"],
        env={**kept, **dangerous, "TIEOUT_VENV": sys.prefix, "TIEOUT_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "DATABASE_URL is not set" not in done.stdout
    assert "Both sides tie out: " in done.stdout
    assert "1 held for a person" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("TIED OUT: both sides agree to the cent")
