"""Remedies on the command line: the command of each act, and a remedy as people and programs read it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from mappers.problems import Problem
from mappers.remedies import Act, ActName, Remedy

COMMANDS: Mapping[ActName, str] = {
    "show_document": "tieout documents show {document} --connection {connection}",
    "list_documents": "tieout documents list",
    "send_document": "tieout documents send {document} --connection {connection}",
    "retry_files": "tieout documents retry-files {document} --connection {connection}",
    "send_anyway": "tieout documents send {document} --connection {connection} --accept {problem}",
    "ignore_document": "tieout documents ignore {document} --connection {connection}",
    "adopt_document": "tieout documents adopt {document} {entity} --connection {connection}",
    "keep_document": "tieout documents keep {document} --connection {connection}",
    "overwrite_document": "tieout documents overwrite {document} --connection {connection}",
    "accept_drift": "tieout drift accept {document} --connection {connection}",
    "restore_drift": "tieout drift restore {document} --connection {connection}",
    "show_payment": "tieout payments show {payment} --connection {connection}",
    "list_payments": "tieout payments list",
    "retry_payment": "tieout payments retry {payment} --connection {connection}",
    "accept_payment": "tieout payments retry {payment} --connection {connection} --accept {payment_problem}",
    "ignore_payment": "tieout payments ignore {payment} --connection {connection}",
    "list_suppliers": "tieout suppliers list {connection}",
    "pair_equal_suppliers": "tieout suppliers sync {connection}",
    "pair_supplier": "tieout suppliers pair {supplier} {vendor} --connection {connection}",
    "pair_supplier_in": "tieout suppliers pair {supplier} {vendor} --currency {currency} --connection {connection}",
    "unpair_supplier_in": "tieout suppliers unpair {supplier} --currency {currency} --connection {connection}",
    "unpair_supplier": "tieout suppliers unpair {supplier} --connection {connection}",
    "refuse_vendor": "tieout suppliers refuse {supplier} {vendor} --connection {connection}",
    "create_vendor": "tieout suppliers create {supplier} --connection {connection}",
    "create_vendor_anyway": "tieout suppliers create {supplier} --connection {connection} --anyway",
    "create_vendor_named": "tieout suppliers create {supplier} --connection {connection} --name {name}",
    "leave_supplier": "tieout suppliers leave {supplier} --connection {connection}",
    "show_questions": "tieout suppliers questions {connection}",
    "answer_question": "tieout suppliers answer {supplier} {field} {side} --connection {connection}",
    "import_suppliers_anyway": "tieout suppliers import {connection} --anyway",
    "list_products": "tieout products list {connection}",
    "pair_product": "tieout products pair {product} {item} --connection {connection}",
    "show_lists": "tieout lists show {connection}",
    "import_lists": "tieout lists import {connection}",
    "choose_field": "tieout lists field {connection} {list} {custom_field}",
    "pair_entry": "tieout connections pair {connection} {kind} {entry} {twin}",
    "list_taxes": "tieout taxes list {connection}",
    "match_taxes": "tieout taxes match {connection}",
    "match_tax": "tieout taxes match {connection} {tax} {code}",
    "map_withholding": "tieout taxes match {connection} {tax} {account}",
    "unmatch_tax": "tieout taxes unmatch {connection} {tax}",
    "create_tax_codes": "tieout taxes create {connection}",
    "add_currency": "tieout currencies add {connection} {currency}",
    "change_setting": "tieout settings set {connection} {setting}={value}",
    "choose_line_account": "tieout settings set {connection} default_line_account={account}",
    "choose_payable_account": "tieout settings set {connection} payable_accounts={currency}:{account}",
    "choose_tax_agency": "tieout settings set {connection} tax_agency={id}",
    "accept_rate_of_one": "tieout settings set {connection} pegged_currencies={currencies}",
    "choose_zero_code": "tieout settings set {connection} zero_tax_code={id}",
    "choose_withholding_code": "tieout settings set {connection} withholding_tax_code={id}",
    "connect_companies": "tieout connections add",
    "connect_legal_entity": "tieout connections add --legal-entity {legal_entity}",
    "connect_named": "tieout connections add --name {name}",
    "list_connections": "tieout connections list",
    "show_connection": "tieout connections show {connection}",
    "check_connection": "tieout connections check {connection}",
    "disconnect": "tieout connections disconnect {connection}",
    "retire_webhook": "tieout connections webhook {connection} --retire",
    "test_events": "tieout connections test {connection}",
    "resume_connection": "tieout connections resume {connection}",
    "reconnect": "tieout connections reconnect {connection}",
    "hand_over_key": "tieout connections key {connection} --email {email}",
    "refresh_lists": "tieout connections refresh {connection}",
    "list_reports": "tieout report list",
    "list_tasks": "tieout tasks list",
    "list_events": "tieout events list",
    "show_task": "tieout tasks show {task}",
    "cancel_task": "tieout tasks cancel {task}",
    "list_failed_jobs": "tieout jobs failed",
    "send_all_again": "tieout attention send {cause} {reason} --connection {connection}",
    "list_users": "tieout users list",
    "list_alerts": "tieout alerts list",
    "list_channels": "tieout alerts channels",
    "test_channel": "tieout alerts test {channel}",
    "upgrade_database": "tieout database upgrade",
    "start_workers": "bin/python -m workers",
    "start_clock": "bin/python -m workers.clock",
}
"""The command of every act. What nobody knows yet stands in it in capitals, for a person to fill in."""


class _Arguments(dict[str, str]):
    """Arguments as a shell takes them; what is missing is named in capitals."""

    def __missing__(self, name: str) -> str:
        return name.upper().replace("_", "-")


def command(act: Act, **context: str) -> str:
    """Return the command of an act; `context` holds arguments that the act lacks, such as the connection."""
    arguments = {name: shlex.quote(value) for name, value in {**context, **act.arguments}.items()}
    return COMMANDS[act.name].format_map(_Arguments(arguments))


def render(remedy: Remedy, **context: str) -> str:
    """Return a remedy on one line: its words, then its commands."""
    commands = "; or ".join(command(act, **context) for act in remedy.acts)
    return f"{remedy.words.removesuffix('.')}: {commands}" if commands else remedy.words


def lines(remedy: Remedy, **context: str) -> list[str]:
    """Return a remedy as lines to be pasted from: its words, then each command."""
    return [remedy.words, *(f"  {command(act, **context)}" for act in remedy.acts)]


def for_programs(remedy: Remedy, **context: str) -> dict[str, Any]:
    """Return a remedy for programs."""
    acts = [{"act": act.name, "command": command(act, **context)} for act in remedy.acts]
    return {"words": remedy.words, "acts": acts}


def problem_for_programs(problem: Problem, **context: str) -> dict[str, Any]:
    """Return a problem for programs."""
    remedy = for_programs(problem.remedy, **context)
    return {"code": problem.code, "subject": problem.subject, "sentence": problem.sentence, "remedy": remedy}
