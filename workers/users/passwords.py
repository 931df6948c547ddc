"""Passwords, of which only argon2id hashes are kept, and the one-time codes of authenticators."""

from __future__ import annotations

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from workers.errors import WeakPasswordError

SHORTEST, LONGEST = 15, 256
GUESSABLE = 3
"""Passwords with a lower score of zxcvbn can be guessed within 10^8 tries."""
READ_UP_TO = 72
"""How many characters zxcvbn looks at: its time grows with the square."""
STEP = 30
_hasher = PasswordHasher()
HASH_OF_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$q/AwrReaSfcNOZ+sz3ryxw$EUuUpZJGsBnAdhBkdY8bJa923RL2K/htxGzsSxdIxzU"
"""What is compared when there is no such user, so that the answer takes as long; to make it at each start took 0.15 s."""


def hashed(password: str, *, user: str) -> str:
    """Return what is kept of a new password. Raises WeakPasswordError."""
    _check(password, user)
    return _hasher.hash(password)


def matches(password: str, kept: str | None) -> bool:
    """Say whether a password is the one that is kept; takes as long when none is."""
    try:
        _hasher.verify(kept or HASH_OF_NOBODY, password[:LONGEST])
    except VerifyMismatchError:
        return False
    return kept is not None


def enrolment_address(secret: str, user: str) -> str:
    """Return the address that an authenticator reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=user, issuer_name="Tieout")


def counter_of(code: str, secret: str, seconds: float) -> int | None:
    """Return the time step to which a code belongs: this one or a neighbour, for clocks that differ; None for a wrong code."""
    now = int(seconds) // STEP
    one_time = pyotp.TOTP(secret)
    digits = code.replace(" ", "")
    matching = [step for step in (now - 1, now, now + 1) if pyotp.utils.strings_equal(one_time.at(step * STEP), digits)]
    return matching[0] if matching else None


def _check(password: str, user: str) -> None:
    """Refuse what is too short, too long or easily guessed."""
    from zxcvbn import zxcvbn  # noqa: PLC0415 - its word lists take 30 MB, and only a new password needs them

    if len(password) < SHORTEST:
        raise WeakPasswordError(f"A password has at least {SHORTEST} characters.")
    if len(password) > LONGEST:
        raise WeakPasswordError(f"A password has at most {LONGEST} characters.")
    if zxcvbn(password[:READ_UP_TO], user_inputs=[user, "tieout"])["score"] < GUESSABLE:
        raise WeakPasswordError("This password is easily guessed.")
