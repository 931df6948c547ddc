"""Settings that can be changed while a stand-in runs."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from standins.control.body import WrongInputError


@dataclass
class BaseSettings:
    """Settings both stand-ins have; each adds its own. POST /_control/settings merges into them."""

    limits: bool = True
    latency_ms: int = 0


def merge(settings: object, changes: dict[str, Any]) -> None:
    """Lay changes over a settings dataclass; WrongInputError names an unknown key or a wrong type."""
    if not is_dataclass(settings) or not isinstance(changes, dict):
        raise WrongInputError("A JSON object is expected")
    types = {field.name: str(field.type) for field in fields(settings)}
    for key, value in changes.items():
        if key not in types:
            raise WrongInputError(f"Unknown setting {key!r}. Known: {', '.join(sorted(types))}")
        if types[key] != "Any":
            _expect_like(key, types[key], getattr(settings, key), value)
    typed = {key: _typed(key, types[key], value) for key, value in changes.items()}
    for key, value in typed.items():
        old = getattr(settings, key)
        both = isinstance(old, dict) and isinstance(value, dict)
        setattr(settings, key, {**old, **value} if both else value)


def _typed(key: str, declared: str, value: Any) -> Any:
    """Return a value as its setting keeps it: a float stays a float."""
    try:
        match declared:
            case "float":
                return float(value)
            case "list[float]":
                return [float(number) for number in value]
    except (TypeError, ValueError) as error:
        raise WrongInputError(f"Setting {key!r} takes a {declared}, not {value!r}") from error
    return value


def _expect_like(key: str, declared: str, old: object, value: object) -> None:
    if value is None and "None" not in declared:
        raise WrongInputError(f"Setting {key!r} takes a {declared}, not null")
    if old is None or value is None:
        return
    if isinstance(old, bool) != isinstance(value, bool) or isinstance(old, str) != isinstance(value, str):
        raise WrongInputError(f"Setting {key!r} takes a {type(old).__name__}, not {value!r}")
    if isinstance(old, dict | list) and not isinstance(value, type(old)):
        raise WrongInputError(f"Setting {key!r} takes a {type(old).__name__}, not {value!r}")
