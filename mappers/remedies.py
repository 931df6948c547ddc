"""What a person can do about a problem: words for everybody, and the acts of Tieout that help.

Words never name a command: accountants read them on the document in Precoro. How an act is done is said by whatever shows
it; the command line has its table in `cli/remedies.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args

ActName: TypeAlias = Literal[
    "show_document",
    "list_documents",
    "send_document",
    "retry_files",
    "send_anyway",
    "ignore_document",
    "adopt_document",
    "keep_document",
    "overwrite_document",
    "accept_drift",
    "restore_drift",
    "show_payment",
    "list_payments",
    "retry_payment",
    "accept_payment",
    "ignore_payment",
    "list_suppliers",
    "pair_equal_suppliers",
    "pair_supplier",
    "pair_supplier_in",
    "unpair_supplier_in",
    "unpair_supplier",
    "refuse_vendor",
    "create_vendor",
    "create_vendor_anyway",
    "create_vendor_named",
    "leave_supplier",
    "show_questions",
    "answer_question",
    "import_suppliers_anyway",
    "list_products",
    "pair_product",
    "show_lists",
    "import_lists",
    "choose_field",
    "pair_entry",
    "list_taxes",
    "match_taxes",
    "match_tax",
    "map_withholding",
    "unmatch_tax",
    "create_tax_codes",
    "add_currency",
    "change_setting",
    "choose_line_account",
    "choose_payable_account",
    "choose_tax_agency",
    "accept_rate_of_one",
    "choose_zero_code",
    "choose_withholding_code",
    "connect_companies",
    "connect_legal_entity",
    "connect_named",
    "list_connections",
    "show_connection",
    "check_connection",
    "retire_webhook",
    "disconnect",
    "test_events",
    "resume_connection",
    "reconnect",
    "hand_over_key",
    "refresh_lists",
    "list_reports",
    "list_tasks",
    "list_events",
    "show_task",
    "cancel_task",
    "list_failed_jobs",
    "send_all_again",
    "list_users",
    "list_alerts",
    "list_channels",
    "test_channel",
    "upgrade_database",
    "start_workers",
    "start_clock",
]
ACTS: tuple[ActName, ...] = get_args(ActName)


@dataclass(frozen=True, slots=True)
class Act:
    """One act of Tieout, with those of its arguments that are known."""

    name: ActName
    arguments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Remedy:
    """What a person can do: a sentence, and the acts of Tieout that it speaks of, if any."""

    words: str
    acts: tuple[Act, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the remedy as plain JSON values."""
        acts = [{"act": act.name, "arguments": dict(act.arguments)} for act in self.acts]
        return {"words": self.words, "acts": acts}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Remedy:
        """Read what `to_json` returned; an act of another version that this one lacks is left out."""
        acts = (Act(act["act"], act["arguments"]) for act in stored["acts"] if act["act"] in ACTS)
        return cls(stored["words"], tuple(acts))
