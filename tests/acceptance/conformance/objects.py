"""Objects of python-quickbooks in one expression."""

from __future__ import annotations

from typing import Any

from quickbooks.objects.base import Ref  # type: ignore[import-untyped]


def made_of(kind: Any, **values: Any) -> Any:
    """Return an object of a kind with properties."""
    made = kind()
    for name, value in values.items():
        setattr(made, name, value)
    return made


def ref(identity: str) -> Any:
    """Return a reference to an id."""
    return made_of(Ref, value=identity)
