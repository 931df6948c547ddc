"""Bodies of control calls, and what is said of one that cannot be understood."""

from __future__ import annotations

from typing import Any

from flask import request

from standins import wire


class WrongInputError(ValueError):
    """A control call cannot be understood; the sentence says why and is answered with 400."""


def parsed_body() -> dict[str, Any]:
    """Read the JSON object of a control call; an empty body is an empty object."""
    if not request.get_data():
        return {}
    try:
        body = wire.loads(request.get_data())
    except ValueError as error:
        raise WrongInputError(f"The body is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise WrongInputError("The body must be a JSON object")
    return body
