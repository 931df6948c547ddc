"""How hard the properties are tried: with 200 examples, and with 600 where HYPOTHESIS_PROFILE is `thorough`."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile("usual", max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", settings.get_profile("usual"), max_examples=600)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "usual"))
