"""How Precoro refuses: wrong key, used-up quota, missing record, invalid form."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify

from standins.precoro.http.forms import InvalidError
from standins.precoro.http.listing import WrongFilterError

if TYPE_CHECKING:
    from standins.precoro.http.limits import Exceeded


class NoRecordError(LookupError):
    """A record does not exist, or the user of the key may not see it."""


class HiddenError(LookupError):
    """The user of the key may not see a record, and is told so."""


def unauthorised() -> tuple[Response, int]:
    """Refuse a key."""
    return jsonify(message="Invalid credentials."), HTTPStatus.UNAUTHORIZED


def limited(exceeded: Exceeded, shape: str) -> tuple[Response, int]:
    """Answer 429 with the quota and its end, in body or headers."""
    if shape == "headers":
        answer = jsonify(message="Too Many Requests")
        answer.headers["RateLimit-Type"] = exceeded.limiter
        answer.headers["RateLimit-Retry-After"] = exceeded.until.isoformat()
        answer.headers["Retry-After"] = str(exceeded.seconds)
        return answer, HTTPStatus.TOO_MANY_REQUESTS
    body = {"RateLimit-Type": exceeded.limiter, "RateLimit-Retry-After": f"{exceeded.until:%Y-%m-%d %H:%M:%S} UTC"}
    return jsonify(body), HTTPStatus.TOO_MANY_REQUESTS


def answer_errors(routes: Blueprint) -> None:
    """Answer the errors of the views as Precoro does."""

    @routes.errorhandler(NoRecordError)
    def not_found(_: NoRecordError) -> tuple[Response, int]:
        return jsonify(message="Not Found"), HTTPStatus.NOT_FOUND

    @routes.errorhandler(HiddenError)
    def hidden(_: HiddenError) -> tuple[Response, int]:
        return jsonify(message="Access Denied."), HTTPStatus.FORBIDDEN

    @routes.errorhandler(InvalidError)
    def invalid(error: InvalidError) -> tuple[Response, int]:
        return jsonify(errors={"errors": error.fields}), HTTPStatus.BAD_REQUEST

    @routes.errorhandler(WrongFilterError)
    def wrong_filter(error: WrongFilterError) -> tuple[Response, int]:
        return jsonify(errors={"errors": {error.name: str(error)}}), HTTPStatus.BAD_REQUEST
