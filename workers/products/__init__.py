"""Products of both catalogues: paired, and renamed together."""
