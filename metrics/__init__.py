"""How the installation does, in numbers, for Prometheus: no name of a company, supplier or person."""
