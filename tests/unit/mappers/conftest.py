"""How hard the properties are tried: a few hundred examples by default, hundreds more with HYPOTHESIS_PROFILE=thorough."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile("mappers", max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "mappers-thorough", max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("mappers-thorough" if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else "mappers")
