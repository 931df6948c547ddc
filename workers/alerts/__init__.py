"""Telling people outside the console: what needs one of them is observed, decided and sent, once a day for each cause."""
