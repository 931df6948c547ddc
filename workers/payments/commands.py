"""What people decide about a payment: try it again, or leave it out."""

from __future__ import annotations

from collections.abc import Sequence

from mappers.policy import load_policy
from workers.errors import ImportOffError
from workers.lookup import connection_named
from workers.payments.views import PaymentDetail
from workers.records import commands as record_commands
from workers.runtime import Runtime

STEPPED_OVER = (
    "possible_double_payment",
    "recorded_twice",
    "payment_exceeds_open",
    "credit_unassigned",
    "payment_unclear",
)
"""The codes of problems that a person may step over."""


def check_import_is_on(runtime: Runtime, slug: str) -> None:
    """Raise ImportOffError where payments are not imported."""
    with runtime.read() as (session, _):
        if not load_policy(connection_named(session, slug).policy).import_payments:
            raise ImportOffError(slug)


def retry(runtime: Runtime, payment: PaymentDetail, who: str, accepted: Sequence[str] = ()) -> None:
    """Try a payment again now, whatever it was held, left out or failed for; `accepted` are problems to step over.

    Raises ImportOffError where payments are not imported.
    """
    check_import_is_on(runtime, payment.connection)
    record_commands.send(runtime, payment.record_id, who, accepted, action="retry")


def ignore(runtime: Runtime, payment: PaymentDetail, who: str, why: str = "") -> None:
    """Leave a payment out from now on; what stands in Precoro because of it stays. Raises BeingWorkedOnError."""
    record_commands.ignore(runtime, payment.record_id, who, why)
