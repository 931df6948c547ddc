"""`python -m cli`, which `bin/tieout` runs."""

from __future__ import annotations

import startup
from cli.app import tieout

if __name__ == "__main__":
    startup.prepare("ERROR")
    tieout(prog_name="tieout")
