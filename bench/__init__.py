"""Measures how fast Tieout is, each figure beside its floor in the same run; docs/performance.md says how to read it."""
