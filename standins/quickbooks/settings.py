"""What can be changed in the QuickBooks stand-in while it runs.

Every default is what is known (docs/reference/quickbooks.md), or our best guess.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from standins.control.settings import BaseSettings

LEFT_OUT = ("VendorAndPurchasesPrefs.PurchseOrderEnabled", "VendorAndPurchasesPrefs.UseCustomTxnNumbers")
"""Switches that no recorded company lists, though some use purchase orders."""
BILLABLE = (
    *("Expense", "Other Expense", "Cost of Goods Sold", "Other Current Asset", "Fixed Asset", "Other Asset"),
    *("Other Current Liability", "Long Term Liability"),
)
"""Types of account whose lines may be billed to a customer (inferred: those that the screen offers it for)."""


@dataclass
class QuickBooksSettings(BaseSettings):
    """Settings of the QuickBooks stand-in; POST /_control/settings merges into them.

    `plan`, `subscription`, `preferences` and `book_close_date` change the companies themselves. Each takes one value
    for all companies, or an object from realm to value: {"book_close_date": "2026-10-31"},
    {"book_close_date": {"9130001": "2026-10-31"}}, {"preferences": {"AccountingInfoPrefs.TrackDepartments": false}},
    {"preferences": {"9130001": {...}}}. A close date of "" or null opens the books again.

    --speed divides the windows of the limits, the memory of request ids, latency, the delays of faults and the retries
    of webhooks; the lives of tokens and the time-out of a webhook stay as they are.
    """

    plan: Any = None
    subscription: Any = None
    preferences: dict[str, Any] = field(default_factory=dict)
    book_close_date: Any = None
    book_close_password: bool = True

    requests_per_minute: int = 500
    requests_per_second: int = 10
    batches_per_minute: int = 40
    batch_size: int = 30
    metered_per_month: int = 0  # calls that take data out, of all companies together, until the next reset; 0: no limit
    payload_bytes: int = 4_000_000
    upload_bytes: int = 100_000_000
    download_seconds: int = 900

    requestid_replay: bool = True
    requestid_replays_faults: bool = True
    requestid_seconds: float = 86_400.0
    requestid_other_body: str = "replay"  # or "600"

    client_id: str = "sandbox-client"
    client_secret: str = "sandbox-secret"
    redirect_uris: list[str] = field(default_factory=list)  # those registered for the app; empty: any
    access_token_seconds: int = 3600
    refresh_token_seconds: int = 8_726_400
    refresh_hard_seconds: int = 157_680_000
    rotation: str = "daily"  # or "always", "never"

    colleague: str = "Dana R. Moreno"  # who fault 5010 says was faster
    detail_ending: str = ""  # or ": null": what was seen behind the Detail of business faults
    preferences_left_out: list[str] = field(default_factory=lambda: list(LEFT_OUT))  # lacking in answers while on
    query_letters: str = "latin-1"  # or "any": whether a query with other letters is refused (4000)
    total_counts: list[str] = field(default_factory=lambda: ["queries", "changes"])  # which answers have totalCount

    refuse_delete_linked: bool = True
    refuse_delete_code: int = 800
    reopen_purchase_orders: bool = True
    invalid_link: str = "drop"  # or "620"
    sparse_credit_lines: str = "refused"  # or "taken": a sparse update of a vendor credit that has lines
    purchase_order_department: str = "ignore"  # or "reject", "keep"
    duplicate_number_scope: str = "vendor"  # or "company"
    customer_makes_billable: bool = True
    closed_books_hold_purchase_orders: bool = False
    usage_limits: bool = True
    restricted_can_write: bool = False
    refuse_inactive_with_balance: bool = True
    refuse_inactive_with_open_orders: bool = False
    account_numbers: str = (
        "accepted"  # up to 20 characters as a sandbox takes them, or "documented": 7, 20 in AU and CA
    )
    payable_account_by_itself: bool = True
    merge_leaves: str = "nothing"  # or "deleted": what changes (CDC) show of the entry that was merged away
    amounts_checked: bool = True  # whether a purchase line must be quantity times price (6070)
    billable_account_types: list[str] = field(default_factory=lambda: list(BILLABLE))  # empty: any
    one_foreign_currency: bool = True
    bill_before_order: str = "txn_date"  # which date of an order its bill may not precede; or "change_date", "taken"
    due_before_bill: str = "taken"  # or "refused"
    inactive_mark: str = " (deleted)"  # or " (Deleted)"
    unit_price_decimals: int = 7
    max_lines: int = 1000
    internal_events: bool = True
    own_write_events: bool = True
    changes_days: int = 30
    changes_max: int = 1000
