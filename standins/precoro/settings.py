"""What can be chosen about the Precoro stand-in.

Above all what is not known of Precoro (docs/reference/precoro.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from standins.control.delivery import WebhookSettings
from standins.control.settings import BaseSettings

PLACES = {"location": "locations", "legalEntity": "legalentities"}
"""Where documents belong, which a user may be kept from."""


@dataclass
class PrecoroSettings(BaseSettings):
    """Settings of the Precoro stand-in.

    Limits count requests of one key; windows are divided by --speed. The identical request is the same GET, and with
    `limit_identical_writes` also the same write with the same body.

    limit_shape           where a 429 says what is used up: "body" or "headers"
    pagination            "classic" (total, total_pages, links) or "has_next_page" (with that key as well)
    nested                collections inside objects as {"data": [...]} ("data") or as arrays ("bare")
    money                 "mixed" as in the published examples, or all "number", or all "string"
    option_values         a chosen option as an embedded "object", or as `value` = its "id", or its "name"
    echo_discounts        whether lines echo the discount of the whole document
    nothing               how what is empty comes in the place of an object: null, [], "" or {}
    objects               other objects in such places come as they are ("plain"), or as a "list" of one
    logic_type            "number", or "string"
    external_ids          "text", or "number" where they are digits
    split                 how parts of a split invoice are told: by "parentData", or, as before, by "parentIdn" or
                          "splitIndex" (0 whole, 10 the main one, else a part)
    currencies_required   whether a new supplier must name currencies; else it has the company's
    payments_closed_until the last day of a closed period, as "2026-10-31": payments of it are neither recorded nor cancelled
    rounding              amounts are rounded on each "line", or only in the totals ("document")
    withholding_in_sum    whether `sum` is what remains after withholding tax
    credit_note_sign      sign of the amounts of credit notes: "positive" or "negative"
    resubmit_status       status of a document in revision that is submitted again (1 pending, 10 approval review)
    supplier_status       status of a new supplier: 2 approved, or 1 pending where suppliers need approval
    currencies            what the companies have switched on, as ["USD", "EUR"]; empty: any. No call of the API adds one
    unique_names          collections in which no two records may have one name, as ["suppliers"]; options within a parent
    form_lacks            keys that a form refuses after all, as "suppliers.enable" or "suppliers.contacts": how those are
                          written is not public
    put_keeps             properties that PUT leaves alone when the form lacks them; it empties all others
    option_levels         how deep options may stand
    tax_rate_in           which property of a tax is its rate: "value", or "percent"; the other is 100 in the seeds
    hidden                what the user of the key may not see, as "invoices/203" or "suppliers/9001", or as "locations/4"
                          and "legalentities/2" with all documents of theirs; it fires no webhook
    hidden_status         answer to a request for it: 404 or 403; lists leave it out
    attachment_codes      numbers of object types in uploads: those of the "sdk" or of a "connector"
    attachment_answer     GET /attachments/{id} answers with the "file", or with its data and an address of it
                          (its own, "url", or one that nobody knows, "elsewhere")
    ping_extra            keys that follow in every webhook, such as {"companyId": 1}
    ping_own_writes       whether a write through the API fires a webhook
    ping_custom_fields    whether changed options fire the newer webhook types 10 and 11
    patch_moves_update_date, reapproval_moves_approval_date
                          whether those dates move
    """

    per_minute: int = 60
    per_hour: int = 1500
    per_day: int = 3000
    identical_per_minute: int = 1
    identical_per_hour: int = 30
    limit_identical_writes: bool = False
    limit_shape: str = "body"
    pagination: str = "has_next_page"
    nested: str = "data"
    money: str = "mixed"
    option_values: str = "object"
    echo_discounts: bool = True
    nothing: Any = None
    objects: str = "plain"
    logic_type: str = "number"
    external_ids: str = "text"
    split: str = "parentData"
    currencies_required: bool = False
    payments_closed_until: str = ""
    rounding: str = "line"
    withholding_in_sum: bool = False
    credit_note_sign: str = "positive"
    resubmit_status: int = 1
    supplier_status: int = 2
    currencies: list[str] = field(default_factory=list)
    unique_names: list[str] = field(default_factory=list)
    form_lacks: list[str] = field(default_factory=list)
    put_keeps: list[str] = field(default_factory=lambda: ["externalId", "enable", "contacts"])
    option_levels: int = 5
    tax_rate_in: str = "value"
    hidden: list[str] = field(default_factory=list)
    hidden_status: int = 404
    attachment_codes: str = "sdk"
    attachment_answer: str = "file"
    ping_extra: dict[str, int | str] = field(default_factory=dict)
    ping_own_writes: bool = True
    ping_custom_fields: bool = True
    patch_moves_update_date: bool = True
    reapproval_moves_approval_date: bool = True


@dataclass
class PingSettings(WebhookSettings):
    """Webhooks of Precoro: no retries, at most five endpoints for each company."""

    most_endpoints: ClassVar[int | None] = 5


def hides(settings: PrecoroSettings, collection: str, record: Mapping[str, Any]) -> bool:
    """Tell whether the user of the key may not see a record or its place."""
    if not settings.hidden:
        return False
    names = [f"{collection}/{record[key]}" for key in ("idn", "id") if key in record]
    names += [f"{where}/{(record.get(key) or {}).get('id')}" for key, where in PLACES.items()]
    return any(name in settings.hidden for name in names)
