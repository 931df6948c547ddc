"""Faults of QuickBooks Online with the recorded codes and texts.

Fault              400, {"Fault": {"Error": [...], "type": "ValidationFault"}, "time": ...}
GatewayFault       401 and 403, lower-case keys, raised before the company is reached
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from standins.control.faults import OrderedFault

Json = dict[str, Any]

SHOWN_PROPERTIES = 10
"""How many known properties a refusal lists."""


@dataclass(frozen=True)
class FaultEntry:
    """One entry of Fault.Error; business faults name an empty element, others a property or none."""

    code: int
    message: str
    detail: str
    element: str | None = None

    def as_json(self) -> Json:
        """Return the entry as it stands in the answer."""
        entry: Json = {"Message": self.message, "Detail": self.detail, "code": str(self.code)}
        if self.element is not None:
            entry["element"] = self.element
        return entry


class QuickBooksFault(Exception):  # noqa: N818
    """A refusal in the shape of the API; one or several problems."""

    def __init__(
        self, *problems: FaultEntry, kind: str = "ValidationFault", status: int = HTTPStatus.BAD_REQUEST
    ) -> None:
        super().__init__(*(f"{problem.code} {problem.detail}" for problem in problems))
        self.problems = problems
        self.kind = kind
        self.status = status

    def ending(self, text: str) -> QuickBooksFault:
        """Return the fault with a text behind each Detail of a business fault."""
        problems = (
            replace(problem, detail=f"{problem.detail}{text}") if problem.element == "" else problem
            for problem in self.problems
        )
        return QuickBooksFault(*problems, kind=self.kind, status=self.status)

    def as_json(self) -> Json:
        """Return {"Error": [...], "type": ...}, the value of `Fault`."""
        return {"Error": [problem.as_json() for problem in self.problems], "type": self.kind}


class GatewayFault(Exception):  # noqa: N818
    """A refusal by the gateway, before the company is reached [recorded]."""

    def __init__(self, status: int, code: int, message: str, detail: str, kind: str) -> None:
        super().__init__(message)
        self.status = status
        self.body: Json = {
            "warnings": None,
            "intuitObject": None,
            "fault": {
                "error": [
                    {
                        "message": f"message={message}; errorCode={code:06d}; statusCode={status}",
                        "detail": detail,
                        "code": str(code),
                        "element": None,
                    }
                ],
                "type": kind,
            },
            "report": None,
            "queryResponse": None,
            "batchItemResponse": [],
            "attachableResponse": [],
            "syncErrorResponse": None,
            "requestId": None,
            "time": int(time.time() * 1000),
            "status": None,
            "cdcresponse": [],
        }


def not_authenticated(detail: str) -> GatewayFault:
    """401 / 3200: the token is missing, malformed or expired."""
    return GatewayFault(HTTPStatus.UNAUTHORIZED, 3200, "AuthenticationFailed", detail, "AUTHENTICATION")


def wrong_company() -> GatewayFault:
    """403 / 3100: the token belongs to another company, or the app was disconnected."""
    return GatewayFault(HTTPStatus.FORBIDDEN, 3100, "ApplicationAuthorizationFailed", "", "SERVICE")


def throttled() -> QuickBooksFault:
    """429 / 3001: too many requests."""
    message = "message=ThrottleExceeded; errorCode=003001; statusCode=429"
    problem = FaultEntry(3001, message, "The request limit was reached.  Try again later")
    return QuickBooksFault(problem, kind="SERVICE", status=HTTPStatus.TOO_MANY_REQUESTS)


def system_failure(detail: str = "System Failure Error: An unexpected error occurred") -> QuickBooksFault:
    """500 / 10000."""
    problem = FaultEntry(10000, "An application error has occurred while processing your request", detail)
    return QuickBooksFault(problem, kind="SystemFault", status=HTTPStatus.INTERNAL_SERVER_ERROR)


def on_order(fault: OrderedFault) -> QuickBooksFault:
    """Return the fault that was ordered, by default a system failure."""
    match fault.fault:
        case "429":
            return throttled()
        case "refuse":
            message = "A business validation error has occurred while processing your request"
            return QuickBooksFault(FaultEntry(fault.code, message, fault.detail))
        case "stale":
            return stale()
    return system_failure()


def no_resource(path: str, address: str) -> QuickBooksFault:
    """500 (a code, not a status) for an address that leads nowhere [recorded]."""
    return unsupported_operation(f"Could not find resource for relative : {path} of full path: {address}")


def unsupported_operation(operation: str) -> QuickBooksFault:
    """500 (a code, not a status)."""
    return QuickBooksFault(FaultEntry(500, "Unsupported Operation", f"Operation {operation} is not supported."))


def duplicate_request_id(requestid: str) -> QuickBooksFault:
    """600: the request id was used for something else."""
    return QuickBooksFault(FaultEntry(600, "Duplicate Request ID", f"Duplicate Request ID : {requestid}"))


def not_found() -> QuickBooksFault:
    """610 on reading, changing or deleting what is not there."""
    return QuickBooksFault(
        FaultEntry(
            610,
            "Object Not Found",
            "Object Not Found : Something you're trying to use has been made inactive. "
            "Check the fields with accounts, customers, items, vendors or employees.",
            "",
        )
    )


def deleted_transaction() -> QuickBooksFault:
    """610 on what another user has deleted."""
    detail = "Object Not Found : Another user has deleted this transaction."
    return QuickBooksFault(FaultEntry(610, "Object Not Found", detail, ""))


def has_dependencies(detail: str) -> QuickBooksFault:
    """800: something is linked to what should be deleted (which code QBO uses is unverified)."""
    message = "Cannot delete object, existing dependencies must be deleted first"
    return QuickBooksFault(FaultEntry(800, message, detail))


def wrong_attachment(code: int, detail: str) -> QuickBooksFault:
    """6020-6050: an upload that cannot be taken."""
    messages = {6040: "Metadata is not an Attachable", 6041: "Invalid file", 6050: "Entity type not supported"}
    return QuickBooksFault(FaultEntry(code, messages[code], detail))


def nothing_to_attach_to(kind: str, identity: str) -> QuickBooksFault:
    """6000: a file is linked to what is not there [recorded]."""
    return business(f"The entity {kind} {identity} that you are trying to link does not exist. {kind} {identity}")


def wrong_parent(detail: str) -> QuickBooksFault:
    """700: what should be the parent cannot be one."""
    return QuickBooksFault(
        FaultEntry(700, "Parent Reference Invalid", f"Parent Reference Invalid : {detail}", "ParentRef")
    )


def cannot_be_linked(detail: str) -> QuickBooksFault:
    """620."""
    return QuickBooksFault(
        FaultEntry(620, "Transaction Id cannot be linked", f"Transaction Id cannot be linked : {detail}")
    )


def batch_too_big(limit: int) -> QuickBooksFault:
    """1040."""
    detail = f"Batch size exceeds the allowed limit of {limit}"
    return QuickBooksFault(FaultEntry(1040, "Batch size exceeds allowed limit", detail))


def unsupported_property(name: str) -> FaultEntry:
    """2010."""
    detail = f"Property Name:{name} specified is unsupported or invalid"
    return FaultEntry(2010, "Request has invalid or unsupported property", detail, name)


def unknown_property(name: str, owner: str, properties: Iterable[str]) -> FaultEntry:
    """2010 for a property that its class does not have, in the words of QuickBooks' JSON reader [recorded]."""
    names = sorted(properties)
    listed = ", ".join(f'"{other}"' for other in names[:SHOWN_PROPERTIES])
    listed += " [truncated]" if len(names) > SHOWN_PROPERTIES else ""
    detail = (
        f'Property Name:Unrecognized field "{name}" (class com.intuit.schema.finance.v3.{owner}), '
        f"not marked as ignorable ({len(names)} known properties: {listed}]) specified is unsupported or invalid"
    )
    return FaultEntry(2010, "Request has invalid or unsupported property", detail)


def required(name: str) -> FaultEntry:
    """2020."""
    message = "Required param missing, need to supply the required value for the API"
    return FaultEntry(2020, message, f"Required parameter {name} is missing in the request", name)


def invalid_id(value: object) -> FaultEntry:
    """2030."""
    return FaultEntry(2030, "Invalid ID", f"Id should be a valid number. Supplied value:{value}", "Id")


def invalid_string(name: str, value: str) -> FaultEntry:
    """2040."""
    detail = f"Element {name} contains invalid characters. Supplied value:{value}"
    return FaultEntry(2040, "Invalid String. The string contains invalid characters", detail, name)


def wrong_length(name: str, value: str, longest: int) -> FaultEntry:
    """2050."""
    return FaultEntry(
        2050,
        "String length is either shorter or longer than supported by specification",
        "String length specified does not match the supported length. "
        f"Min:0 Max:{longest} supported. Supplied length:{len(value)}",
        name,
    )


def wrong_value(code: int, what: str, name: str, value: object) -> FaultEntry:
    """2060-2240: a date, number, enumeration, e-mail or boolean that cannot be read."""
    return FaultEntry(code, f"Invalid {what}", f"Invalid {what} : {value}", name)


def unknown_reference(noun: str, identity: str, element: str = "") -> QuickBooksFault:
    """2500 for a reference to nothing; the noun is `Names`, `Accounts`, `Klasses`, `Depts` or `Items` [recorded]."""
    detail = f"Invalid Reference Id : {noun} element id {identity} not found"
    return QuickBooksFault(FaultEntry(2500, "Invalid Reference Id", detail, element))


def inactive_reference(noun: str, element: str = "") -> QuickBooksFault:
    """2500 for a reference to something inactive."""
    return QuickBooksFault(
        FaultEntry(
            2500,
            "Invalid Reference Id",
            "Invalid Reference Id : Something you're trying to use has been made inactive. "
            f"Check the fields with {noun}.",
            element,
        )
    )


def query_unreadable(detail: str) -> QuickBooksFault:
    """4000."""
    return QuickBooksFault(FaultEntry(4000, "Error parsing query", f"QueryParserError: {detail}"))


def query_invalid(detail: str) -> QuickBooksFault:
    """4001."""
    return QuickBooksFault(FaultEntry(4001, "Invalid query", f"QueryValidationError: {detail}"))


def stale(entity: str = "", colleague: str = "root") -> QuickBooksFault:
    """5010: names the person who was faster."""
    ending = f" Entity={entity}" if entity else ""
    return QuickBooksFault(
        FaultEntry(
            5010,
            "Stale Object Error",
            f"Stale Object Error : You and {colleague} were working on this at the same time. "
            f"{colleague} finished before you did, so your work was not saved.{ending}",
            "",
        )
    )


def permission_denied(feature: str) -> QuickBooksFault:
    """5020: the plan has no such feature."""
    detail = f"Permission Denied Error : Sorry, you don't have permission to use the feature {feature}"
    return QuickBooksFault(FaultEntry(5020, "Permission Denied Error", detail))


def not_supported(feature: str) -> QuickBooksFault:
    """5030: the company has switched the feature off."""
    detail = f"Feature Not Supported Error : The feature {feature} is not enabled for this company"
    return QuickBooksFault(FaultEntry(5030, "Feature Not Supported Error", detail))


def business(reason: str) -> QuickBooksFault:
    """6000: the text carries the reason."""
    message = "A business validation error has occurred while processing your request"
    return QuickBooksFault(FaultEntry(6000, message, f"Business Validation Error: {reason}", ""))


def amount_mismatch(amount: object) -> QuickBooksFault:
    """6070: Amount is not Qty x UnitPrice to the cent."""
    detail = f"Amount is not equal to UnitPrice * Qty. Supplied value:{amount}"
    return QuickBooksFault(FaultEntry(6070, "Amount calculation incorrect in the request", detail))


def no_name() -> QuickBooksFault:
    """6080."""
    detail = "At least one of the name fields must be supplied: DisplayName, Title, GivenName, MiddleName, FamilyName"
    return QuickBooksFault(FaultEntry(6080, "No name supplied", detail))


def wrong_tax_code(code: str) -> QuickBooksFault:
    """6100: a US company knows TAX and NON on lines only."""
    detail = f"Invalid Line TaxCode : only TAX or NON is supported for US companies. Supplied value:{code}"
    return QuickBooksFault(FaultEntry(6100, "Invalid Line TaxCode", detail, "TaxCodeRef"))


def duplicate_number(number: str, kind: str, identity: str) -> QuickBooksFault:
    """6140 [recorded]."""
    return QuickBooksFault(
        FaultEntry(
            6140,
            "Duplicate Document Number Error",
            "Duplicate Document Number Error : You must specify a different number. This number has already been used. "
            f"DocNumber={number} is assigned to TxnType={kind} with TxnId={identity}",
        )
    )


def parent_required(name: str) -> QuickBooksFault:
    """6150."""
    detail = f"ParentRef is required when {name} is true"
    return QuickBooksFault(FaultEntry(6150, "ParentRef is required", detail, "ParentRef"))


def tax_detail_not_allowed() -> QuickBooksFault:
    """6170."""
    detail = "TxnTaxDetail cannot be supplied when GlobalTaxCalculation is NotApplicable"
    return QuickBooksFault(FaultEntry(6170, "TxnTaxDetail not allowed", detail, "TxnTaxDetail"))


def too_deep() -> QuickBooksFault:
    """6180."""
    return QuickBooksFault(FaultEntry(6180, "Sub-level limit exceeded", "Only 5 levels of hierarchy are supported"))


def subscription_ended(plan: str) -> QuickBooksFault:
    """6190."""
    return QuickBooksFault(
        FaultEntry(
            6190,
            "Invalid Company Status",
            "Subscription period has ended or canceled or there was a billing problem : "
            f"You can't add data to {plan} because your trial or subscription period ended.",
        )
    )


def books_closed(*, password: bool) -> QuickBooksFault:
    """6210 when the books were closed with a password, else 6200 [recorded, "through" is doubled there too]."""
    if not password:
        detail = "The account period has closed and the account books cannot be updated."
        return QuickBooksFault(FaultEntry(6200, "Account Period Closed", detail))
    return QuickBooksFault(
        FaultEntry(
            6210,
            "Account Period Closed, Cannot Update Through Services API",
            "The account period has closed and the account books cannot be updated through through the QBO Services "
            "API. Please use the QBO website to make these changes.",
        )
    )


def usage_limit(what: str, most: int, plan: str) -> QuickBooksFault:
    """6000: the plan's usage limit is reached (the code is a guess)."""
    return business(f"You've reached the usage limit of {plan}: it includes up to {most} {what}.")


def has_balance(what: str) -> QuickBooksFault:
    """6220: a name with an open balance cannot be made inactive."""
    return QuickBooksFault(
        FaultEntry(6220, "Delete Entity Has Balance", f"{what} has a balance and cannot be made inactive")
    )


def name_taken(noun: str = "customer, vendor or employee") -> QuickBooksFault:
    """6240 [recorded, the line break is real, and so is its absence among customers; taxes name no element]."""
    gap = " " if noun == "customer" else " \n"
    detail = f"The name supplied already exists. : Another {noun} is already using this{gap}name. Please use a different name."
    return QuickBooksFault(
        FaultEntry(6240, "Duplicate Name Exists Error", detail, None if noun.startswith("tax ") else "")
    )


def before_inventory_start() -> QuickBooksFault:
    """6270 [recorded]."""
    detail = (
        "Transactions with inventory (QOH) products cant be dated earlier than the Inventory Start Date for the product"
    )
    return QuickBooksFault(FaultEntry(6270, "Transaction date is prior to start date for inventory item", detail, ""))


def quantity_required() -> QuickBooksFault:
    """6520."""
    detail = "A tracked inventory item must have a quantity"
    return QuickBooksFault(FaultEntry(6520, "Quantity required", detail, "Qty"))


def invoiced() -> QuickBooksFault:
    """6400: billable lines of a bill are on an invoice."""
    detail = "The purchase cannot be deleted as it would make the invoice it is linked to blank"
    return QuickBooksFault(FaultEntry(6400, "Linked to an invoice", detail))


def billable_needs_customer() -> QuickBooksFault:
    """6310."""
    detail = "A billable expense must have a customer"
    return QuickBooksFault(FaultEntry(6310, "Billable expense needs a customer", detail, "CustomerRef"))


def not_billable(account_type: str) -> QuickBooksFault:
    """6320: a line on an account that no customer is billed for (code and text inferred)."""
    detail = f"A line on an account of type {account_type} cannot be billable"
    return QuickBooksFault(FaultEntry(6320, "Invalid billable status", detail, "BillableStatus"))


def one_foreign_currency() -> QuickBooksFault:
    """6000: account, customer or vendor has a second foreign currency."""
    return business("You can only use one foreign currency per transaction.")


def order_is_younger() -> QuickBooksFault:
    """6000: a bill is linked to a purchase order of a later date."""
    return business(
        "Add a purchase order that was created before this transaction, or make sure the date of the transaction is correct."
    )


def wrong_account_type(detail: str) -> QuickBooksFault:
    """6430."""
    return QuickBooksFault(FaultEntry(6430, "Invalid account type", f"Invalid account type used : {detail}"))


def line_needs_account() -> QuickBooksFault:
    """6440."""
    detail = "Each line with an amount or a billable customer must have an item or an account"
    return QuickBooksFault(FaultEntry(6440, "Line must have an item or account", detail))


def no_lines() -> FaultEntry:
    """2250."""
    return FaultEntry(2250, "Missing lines", "At least one split line is required", "Line")
