"""What a stand-in takes as a setting: a value of its kind, and null only where that means something."""

from __future__ import annotations

import pytest

from standins.control.body import WrongInputError
from standins.control.settings import merge
from standins.precoro.settings import PrecoroSettings


def test_null_is_refused_where_a_setting_has_no_such_value() -> None:
    settings = PrecoroSettings()
    with pytest.raises(WrongInputError, match="'payments_closed_until' takes a str, not null"):
        merge(settings, {"payments_closed_until": None, "latency_ms": 5})
    assert settings == PrecoroSettings()
