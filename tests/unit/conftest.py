"""How hard the properties are tried, by HYPOTHESIS_PROFILE: with 100 examples, `quick` with 20, `thorough` with 600."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile("usual", max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", settings.get_profile("usual"), max_examples=20)
settings.register_profile("thorough", settings.get_profile("usual"), max_examples=600)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "usual"))
