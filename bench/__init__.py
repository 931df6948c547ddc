"""Measurements of Tieout, each beside its floor in the same run; see docs/performance.md."""
