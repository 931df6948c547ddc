"""What names a payment of one bill: a payment in QuickBooks over three bills is three payments in Precoro."""

from __future__ import annotations

import re
from dataclasses import dataclass

_KEY = re.compile(r"(?P<type>[a-z]+):(?P<id>[^:]+):bill:(?P<bill>[^:]+)\Z")
_SHOWN = re.compile(r"[a-z]{1,30}:[0-9A-Za-z]{1,20}:bill:[0-9A-Za-z]{1,20}")
"""As a key looks that Precoro shows, where anybody may write anything."""


@dataclass(frozen=True, slots=True)
class PaymentKey:
    """The transaction that pays and the bill that it pays; `type` is QuickBooks' in lower case."""

    type: str
    id: str
    bill_id: str

    @classmethod
    def of(cls, type_: str, id_: str, bill_id: str) -> PaymentKey:
        """Return the key of a transaction with QuickBooks' type."""
        return cls(type_.lower(), id_, bill_id)

    @classmethod
    def read(cls, text: str) -> PaymentKey:
        """Read what `str` returned. Raises ValueError."""
        match = _KEY.match(text)
        if match is None:
            raise ValueError(f"{text!r} names no payment")
        return cls(match["type"], match["id"], match["bill"])

    @classmethod
    def read_external_id(cls, text: str | None, realm: str) -> PaymentKey | None:
        """Read what `external_id` returned for a QuickBooks company; None when it is anything else."""
        prefix, shown = f"qbo:{realm}:", text or ""
        key = shown.removeprefix(prefix)
        return cls.read(key) if shown.startswith(prefix) and _SHOWN.fullmatch(key) else None

    def __str__(self) -> str:
        """Return it as text, such as `billpayment:145:bill:176`."""
        return f"{self.type}:{self.id}:bill:{self.bill_id}"

    def external_id(self, realm: str) -> str:
        """Return the `externalId` of the payment in Precoro."""
        return f"qbo:{realm}:{self}"
