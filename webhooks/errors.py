"""Why an event is refused.

RefusedError
├── UnknownSenderError   401  not who it says it is: nothing is kept
└── MalformedError       400  Precoro sent something that is no ping
"""

from __future__ import annotations

from http import HTTPStatus


class RefusedError(Exception):
    """An event that is not taken; the message is the answer."""

    status: HTTPStatus


class UnknownSenderError(RefusedError):
    """The secret or the signature is wrong."""

    status = HTTPStatus.UNAUTHORIZED

    def __init__(self, credential: str) -> None:
        super().__init__(f"The {credential} is not known here. Nothing was kept.")


class MalformedError(RefusedError):
    """The body is no ping of Precoro."""

    status = HTTPStatus.BAD_REQUEST

    def __init__(self, reason: str) -> None:
        super().__init__(f"Not a Precoro event: {reason}")
