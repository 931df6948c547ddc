"""The secret of the authenticator that a user may set next: it follows from the session, and is kept nowhere until it is confirmed."""

from __future__ import annotations

import base64
import hmac

from store.users import User, digest
from workers.runtime import Runtime

LENGTH = 20
"""How many bytes a secret has (160 bits, as RFC 4226 recommends)."""


def next_secret(runtime: Runtime, user_id: int, token: str, key: str) -> str:
    """Return the secret for a session's token, another one once the user has set it; `key` is known to the console alone."""
    with runtime.read() as (session, _):
        present = session.get_one(User, user_id).totp_secret or ""
    code = hmac.digest(key.encode(), f"authenticator:{digest(token)}:{present}".encode(), "sha256")
    return base64.b32encode(code[:LENGTH]).decode()
