"""What every view promises: it is a value, which holds no session and cannot be changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import FrozenInstanceError, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

PLAIN = (str, int, bool, Decimal, date, datetime, type(None))


def assert_frozen(view: Any) -> None:
    """Check that a view, and every value in it, is plain or cannot be changed."""
    if isinstance(view, PLAIN):
        return
    if isinstance(view, Mapping):
        for value in view.values():
            assert_frozen(value)
        return
    if isinstance(view, tuple | frozenset):
        for value in view:
            assert_frozen(value)
        return
    assert is_dataclass(view), f"{type(view).__name__} is neither plain nor a frozen value"
    for item in fields(view):
        with pytest.raises(FrozenInstanceError):
            setattr(view, item.name, None)
        assert_frozen(getattr(view, item.name))
