"""What names a payment of one bill: a payment in QuickBooks over three bills is three payments in Precoro."""

from __future__ import annotations

import re
from dataclasses import dataclass

_KEY = re.compile(r"(?P<type>[a-z]+):(?P<id>[^:]+):bill:(?P<bill>[^:]+)\Z")


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
        key = cls._parsed(text)
        if key is None:
            raise ValueError(f"{text!r} names no payment")
        return key

    @classmethod
    def read_external_id(cls, text: str | None, realm: str) -> PaymentKey | None:
        """Read what `external_id` returned for a QuickBooks company; None when it is anything else."""
        prefix = f"qbo:{realm}:"
        return cls._parsed(text.removeprefix(prefix)) if text and text.startswith(prefix) else None

    @classmethod
    def _parsed(cls, text: str) -> PaymentKey | None:
        match = _KEY.match(text)
        return cls(match["type"], match["id"], match["bill"]) if match else None

    def __str__(self) -> str:
        """Return it as text, such as `billpayment:145:bill:176`."""
        return f"{self.type}:{self.id}:bill:{self.bill_id}"

    def external_id(self, realm: str) -> str:
        """Return the `externalId` of the payment in Precoro."""
        return f"qbo:{realm}:{self}"
