"""Who connected: the id_token that the scope `openid` brings, and the key it is signed with."""

from __future__ import annotations

import base64
import time
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from standins import wire

Json = dict[str, Any]

ISSUER = "https://oauth.platform.intuit.com/op/v1"
KEY_ID = "stand-in-1"
PERSON: Json = {
    "sub": "1f1a9c52-6f7f-4b0e-9d4f-2f5f5f3f0001",
    "givenName": "Dana",
    "familyName": "Moreno",
    "email": "dana@widgets.example",
    "emailVerified": True,
}
"""The person who presses Connect on the consent page."""
LIFE_SECONDS = 3600


class IdentityProvider:
    """Signs who connected, with a key that is made when it is first needed."""

    def __init__(self) -> None:
        self._made: rsa.RSAPrivateKey | None = None

    @property
    def _key(self) -> rsa.RSAPrivateKey:
        if self._made is None:
            self._made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        return self._made

    def dump(self) -> str | None:
        """Return the key as PEM, or None when it was never needed."""
        if self._made is None:
            return None
        form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return self._made.private_bytes(*form).decode()

    def load(self, dumped: str | None) -> None:
        """Restore what `dump` returned."""
        key = load_pem_private_key(dumped.encode(), None) if dumped else None
        self._made = key if isinstance(key, rsa.RSAPrivateKey) else None

    def keys(self) -> Json:
        """Return the public key as a JSON Web Key Set."""
        numbers = self._key.public_key().public_numbers()
        key = {
            "kty": "RSA",
            "e": _number(numbers.e),
            "use": "sig",
            "kid": KEY_ID,
            "alg": "RS256",
            "n": _number(numbers.n),
        }
        return {"keys": [key]}

    def token(self, realm: str, client_id: str) -> str:
        """Return a signed id_token for the company that was connected."""
        now = int(time.time())
        claims = {"sub": PERSON["sub"], "aud": [client_id], "realmid": realm, "auth_time": now, "iss": ISSUER}
        signed = ".".join(_encoded(wire.dumps(part).encode()) for part in (
            {"kid": KEY_ID, "typ": "JWT", "alg": "RS256"},
            {**claims, "exp": now + LIFE_SECONDS, "iat": now},
        ))  # fmt: skip
        return f"{signed}.{_encoded(self._key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _number(number: int) -> str:
    return _encoded(number.to_bytes((number.bit_length() + 7) // 8))
