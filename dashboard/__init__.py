"""rq-dashboard on an origin of its own: its weaknesses are mended from outside, or what they are in is switched off."""
