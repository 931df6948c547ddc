"""`python -m bench.adopting`: taking over a company that another integration has served, within the quotas and in bounded memory.

The stand-ins keep the real limits, with every window shortened by `--speed`; times are printed as they would be in reality.
"""

from __future__ import annotations

import click

from bench import figures, installation, usage
from bench.set_up import measure, open_set_up
from workers.documents import adopt_all
from workers.suppliers import pair_all


@click.command()
@click.option("--documents", default=50_000, show_default=True, help="Documents that stand on both sides.")
@click.option("--suppliers", default=1_000, show_default=True, help="Suppliers with a vendor of the same name.")
@click.option("--speed", default=20.0, show_default=True, help="How much shorter than in reality every window is.")
@click.option("--workers", default=2, show_default=True, help="Worker processes.")
def main(documents: int, suppliers: int, speed: float, workers: int) -> None:
    """Measure `adopt` for a whole company."""
    figures.machine()
    seed = {"size": {"suppliers": suppliers, "documents": documents}}
    with open_set_up(seed, speed, workers) as set_up:
        print(f"\n{workers} workers, limits of both services on, {speed:g} times as fast as in reality")
        measure(set_up, f"{suppliers:,} suppliers", pair_all.NAME, {})
        measure(set_up, f"{documents:,} documents", adopt_all.NAME, {})
        pids = installation.running({"workers": "-m workers"})["workers"]
        peaks = " + ".join(f"{usage.peak_megabytes(pid):.0f}" for pid in pids)
        figures.line("peak memory: workers and clock", f"{peaks} MB")


if __name__ == "__main__":
    main()
