"""`python -m cli`, which `bin/tieout` runs."""

from __future__ import annotations

from cli.app import tieout
from workers.ops import logs

if __name__ == "__main__":
    logs.set_up("ERROR")
    tieout(prog_name="tieout")
