"""Every way a remote call can fail: did a write land, and what happens next.

    RemoteError                 verdict    landed
    ├── NotSent                 REST       NO      name not found, connection refused: nothing left this machine
    ├── NoClearAnswer           REST       MAYBE   an outage, or the trouble of one record: what others get decides
    │   ├── TimedOut            REST       MAYBE   sent, no answer in time
    │   ├── Dropped             REST       MAYBE   the connection broke before the whole answer was here
    │   └── ServerTrouble       REST       MAYBE   5xx, HTML, an empty, cut or unreadable answer
    │       ├── SystemFault     REST       MAYBE   QBO 10000: the application failed
    │       ├── TooLarge        RETRY      MAYBE   more bytes than we are willing to read
    │       └── Redirected      REST       MAYBE   3xx: an API does not redirect, so the address is wrong
    ├── WrongRecord             RETRY      MAYBE   an answer about another record than the one that was asked for
    ├── NotAllowed              BUG        NO      a host outside the list of allowed hosts
    ├── Throttled               REST       NO      429, or QBO 3001
    ├── NoBudget                REST       NO      our own count says the quota is used up
    │   └── AskedTooOften       RETRY      NO      by the identical request alone: the others go on
    ├── QuotaUnreachable        REST       NO      Redis, which keeps the count, does not answer
    ├── NotAuthorised           RECONNECT  NO
    │   ├── WrongKey            RECONNECT  NO      Precoro 401
    │   ├── InvalidGrant        RECONNECT  NO      the refresh token or code is not accepted (counts only when seen twice)
    │   ├── ClientRejected      REST       NO      the app's own id and secret are wrong: no fault of the customer's
    │   ├── TokenRejected       REST       NO      QBO 3200 for a token that was just refreshed
    │   ├── TokenEndpointTrouble REST      NO      OAuth is down: an outage never disconnects
    │   └── Forbidden           REST       NO      QBO 3100, 100, 110, 120: other company, other keys, or the user lost access
    ├── NotVisible              HOLD       NO      Precoro 403 or 404: gone, or hidden from the user of the key
    ├── Refused                 HOLD       NO      Precoro's validation, field by field
    └── Fault                   HOLD       NO      QBO answered with a definite fault
        ├── Stale               RETRY      NO      5010: somebody changed it first
        ├── NotFound            HOLD       NO      610
        ├── DuplicateNumber     HOLD       NO      6140: `txn_id` and `txn_type` of the document that has the number
        ├── DuplicateName       HOLD       NO      6240
        ├── ClosedPeriod        HOLD       NO      6200, 6210
        ├── Locked              HOLD       NO      620, 800, 6220, 6400, 6450, 6480, 6540: linked, paid, matched or deposited
        ├── BadReference        HOLD       NO      2500, 700, 6250, 6430
        ├── InvalidRequest      HOLD       NO      500, 2xxx, 3000, 5000, 6070: our bug, or a rule we do not know yet
        ├── RuleBroken          HOLD       NO      any other 6xxx: a rule of accounting or of the company's settings
        ├── InvalidQuery        BUG        NO      4000, 4001, 4002
        ├── FeatureMissing      HOLD       NO      5020, 5030: the plan or a setting of the company does not have it
        ├── CompanyClosed       REST       NO      6190: the subscription ended
        ├── CompanyAway         REST       NO      130, 140, 150: moving, locked or under maintenance
        ├── DuplicateRequest    RETRY      MAYBE   600: the first request with this id may have landed
        └── UnknownFault        HOLD       NO      any other code, with QBO's own words

Meanings of the codes: docs/reference/quickbooks.md, Faults. A read lands nothing, so its errors carry `landed` NO whatever their class says.
"""

from __future__ import annotations

# The names say what happened and read well in `except NotFound`; the module says that they are errors.
# ruff: noqa: N818
import re
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

MINUTE = 60.0


class Verdict(Enum):
    """What has to happen next."""

    RETRY = "retry"
    """Try this record later; the others go on."""
    REST = "rest"
    """The whole connection rests; one record probes."""
    HOLD = "hold"
    """A person must decide."""
    RECONNECT = "reconnect"
    """A person must connect the company again."""
    BUG = "bug"
    """Our own mistake: fail at once, with a traceback."""


class Landed(Enum):
    """Whether a write may have changed something on the other side."""

    NO = "no"
    MAYBE = "maybe"


@dataclass(frozen=True, kw_only=True)
class CallDetails:
    """What a support case needs of one call; neither a token nor a body of ours."""

    service: str
    status: int | None = None
    code: str | None = None
    tid: str | None = None
    request_id: str | None = None
    text: str = ""
    element: str | None = None


class RemoteError(Exception):
    """A call to Precoro or QuickBooks that did not do what was asked.

    `says` and `what_to_do` may use {service}, {status}, {code} and {text}; a subclass that needs more overrides `sentence`.
    """

    verdict: ClassVar[Verdict] = Verdict.BUG
    landed_by_default: ClassVar[Landed] = Landed.MAYBE
    rest: ClassVar[float | None] = None
    says: ClassVar[str] = "{service} did not do what was asked."
    what_to_do: ClassVar[str] = "Look at the call in the history."

    def __init__(self, details: CallDetails, *, retry_after: float | None = None, landed: Landed | None = None) -> None:
        self.details = details
        self.retry_after: float | None = self.rest if retry_after is None else retry_after
        self.landed: Landed = landed or self.landed_by_default
        super().__init__(details)

    def __str__(self) -> str:
        """Return the sentence and what support asks for: status, code and trace id."""
        details = self.details
        ids = {"status": details.status, "code": details.code, "tid": details.tid, "requestid": details.request_id}
        trace = " ".join(f"{name}={value}" for name, value in ids.items() if value is not None)
        return f"{self.sentence} [{trace}]" if trace else self.sentence

    @property
    def sentence(self) -> str:
        """What happened, for a person."""
        return self._fill(self.says)

    @property
    def words(self) -> str:
        """What the service itself said, else our own sentence."""
        return self.details.text or self.sentence

    @property
    def remedy(self) -> str:
        """What a person can do about it."""
        return self._fill(self.what_to_do)

    @property
    def service(self) -> str:
        """The service that was called."""
        return self.details.service

    @property
    def status(self) -> int | None:
        """The HTTP status, when there was an answer."""
        return self.details.status

    @property
    def code(self) -> str | None:
        """The fault code of the service, when it gave one."""
        return self.details.code

    @property
    def tid(self) -> str | None:
        """Intuit's trace id, which its support asks for."""
        return self.details.tid

    @property
    def request_id(self) -> str | None:
        """The id under which the write was sent."""
        return self.details.request_id

    def _fill(self, template: str) -> str:
        details = self.details
        return template.format(
            service=details.service,
            status=details.status or "no status",
            code=details.code or "none",
            text=_sentence(details.text),
        )


def _sentence(text: str) -> str:
    """Return the words of the service as one line that ends like a sentence."""
    line = " ".join(text.split()) or "It gave no reason."
    return line if line.endswith((".", "!", "?")) else f"{line}."


# --- the way there and back -------------------------------------------------------------------------------------------------


class NotSent(RemoteError):
    """The request never left: the name is unknown, or nobody listens."""

    verdict = Verdict.REST
    landed_by_default = Landed.NO
    says = "{service} could not be reached. {text}"
    what_to_do = "Nothing: it is tried again by itself. If other sites work, look at the status page of {service}."


class NoClearAnswer(RemoteError):
    """The request left, and no answer of the service came back: an outage, or the trouble of this one record.

    Which of the two, only the calls of others can say (docs/decisions/0014-what-others-cannot-do-either.md).
    """

    verdict = Verdict.REST


class TimedOut(NoClearAnswer):
    """The request left and no answer came in time."""

    says = "{service} did not answer in time."
    what_to_do = "Nothing: before anything is sent again, Tieout looks whether this one arrived."


class Dropped(NoClearAnswer):
    """The connection broke before the whole answer had come."""

    says = "The connection to {service} broke before its answer was complete."
    what_to_do = "Nothing: before anything is sent again, Tieout looks whether this one arrived."


class ServerTrouble(NoClearAnswer):
    """The service answered with trouble of its own, or with something that is not its API."""

    says = "{service} is in trouble (HTTP {status}). {text}"
    what_to_do = "Nothing: it is tried again by itself. If it lasts, look at the status page of {service}."


class SystemFault(ServerTrouble):
    """QBO 10000: the application failed; whether before or after the write, nobody knows."""

    says = "QuickBooks failed while it worked on this. {text}"
    what_to_do = "Nothing: it is tried again by itself. If only this record fails, give Intuit's support the trace id."


class TooLarge(ServerTrouble):
    """The answer is larger than we are willing to read."""

    verdict = Verdict.RETRY
    says = "The answer of {service} is too large. {text}"
    what_to_do = "Report it: the request should ask for less at a time."


class Redirected(ServerTrouble):
    """The service answered with a redirect, which an API does not do."""

    says = "{service} sent us to another address (HTTP {status})."
    what_to_do = "Check the address of {service} in the settings."


class WrongRecord(RemoteError):
    """The service answered about another record than the one that was asked for."""

    verdict = Verdict.RETRY
    says = "{service} answered about another record than the one that was asked for. {text}"
    what_to_do = "Nothing at first: it is asked again. If it lasts, report it to the support of {service}."


class NotAllowed(RemoteError):
    """The address is not one that Tieout may call."""

    verdict = Verdict.BUG
    landed_by_default = Landed.NO
    says = "Tieout may not call this address for {service}. {text}"
    what_to_do = "Check the address of {service} in the settings."


# --- quotas -----------------------------------------------------------------------------------------------------------------


class Throttled(RemoteError):
    """The service says that we call too often; `retry_after` is its own, or a minute."""

    verdict = Verdict.REST
    landed_by_default = Landed.NO
    rest = MINUTE
    says = "{service} asks us to call less often. {text}"
    what_to_do = "Nothing: Tieout waits as long as {service} asks."


class NoBudget(RemoteError):
    """Our own count says that the quota is used up until `retry_after`."""

    verdict = Verdict.REST
    landed_by_default = Landed.NO
    rest = MINUTE
    says = "The calls that {service} allows are used up for the moment. {text}"
    what_to_do = "Nothing: Tieout goes on when there is room again."


class AskedTooOften(NoBudget):
    """The identical request was made too lately; others may still be made."""

    verdict = Verdict.RETRY
    says = "The same was asked of {service} a moment ago. {text}"
    what_to_do = "Nothing: Tieout asks again when {service} allows it."


class QuotaUnreachable(RemoteError):
    """Redis, which keeps the count of calls, does not answer; without a count nothing is sent."""

    verdict = Verdict.REST
    landed_by_default = Landed.NO
    rest = 5.0
    says = "The count of calls to {service} cannot be read, so nothing was sent. {text}"
    what_to_do = "Start Redis, or check REDIS_URL."


# --- who we are -------------------------------------------------------------------------------------------------------------


class NotAuthorised(RemoteError):
    """The service does not accept who we say we are."""

    verdict = Verdict.RECONNECT
    landed_by_default = Landed.NO
    says = "{service} does not accept our sign-in. {text}"
    what_to_do = "Connect {service} again."


class WrongKey(NotAuthorised):
    """Precoro does not know the key, or it belongs to another e-mail address."""

    says = "Precoro does not accept the API key with this e-mail address."
    what_to_do = "Make a new key in Precoro (Configuration, Integrations, API Key) and enter it with the e-mail address of its user."


class InvalidGrant(NotAuthorised):
    """Intuit does not accept the refresh token or the code.

    Only a second time, a minute later, means disconnected.
    """

    rest = MINUTE
    says = "Intuit no longer accepts our permission for this company. {text}"
    what_to_do = "Connect QuickBooks again, as an administrator of the company."


class ClientRejected(NotAuthorised):
    """Intuit does not know the app's own id and secret."""

    verdict = Verdict.REST
    rest = MINUTE
    says = "Intuit does not accept the client id and secret of this installation. {text}"
    what_to_do = "Check the client id and the client secret in the settings (development and production keys differ)."


class TokenRejected(NotAuthorised):
    """QBO 3200 although the token is fresh."""

    verdict = Verdict.REST
    rest = MINUTE
    says = "QuickBooks does not accept a token that it has just given. {text}"
    what_to_do = (
        "Nothing at first. If it lasts, check that sandbox keys are not used for a real company, then connect again."
    )


class TokenEndpointTrouble(NotAuthorised):
    """Intuit's OAuth service is out of order, which says nothing about our permission.

    `landed` is NO because it speaks of records: the write that wanted the token was not made.
    """

    verdict = Verdict.REST
    rest = 30.0
    says = "Intuit's sign-in service is in trouble. {text}"
    what_to_do = "Nothing: it is tried again by itself."


class Forbidden(NotAuthorised):
    """QBO 3100, 100, 110, 120: another company, other keys, or the user who connected lost access."""

    verdict = Verdict.REST
    rest = 300.0
    says = "QuickBooks does not let us into this company. {text}"
    what_to_do = "Let an administrator of the company connect QuickBooks again. Check that sandbox keys are not used for a real company."


# --- Precoro's answers ------------------------------------------------------------------------------------------------------


class NotVisible(RemoteError):
    """Precoro does not have the record, or hides it from the user of the key."""

    verdict = Verdict.HOLD
    landed_by_default = Landed.NO
    says = "Precoro does not show this record. {text}"
    what_to_do = "Use a key of a user who sees all documents, locations and suppliers."


class Refused(RemoteError):
    """Precoro's validation refused the request; `fields` maps each field to Precoro's words."""

    verdict = Verdict.HOLD
    landed_by_default = Landed.NO
    what_to_do = "Correct it in Precoro, then try again."

    def __init__(self, details: CallDetails, *, fields: dict[str, str] | None = None) -> None:
        self.fields = dict(fields or {})
        super().__init__(details)

    @property
    def sentence(self) -> str:
        """Name each field with Precoro's words."""
        return f"Precoro refused it. {_sentence(self._reasons)}"

    @property
    def words(self) -> str:
        """What Precoro itself said."""
        return self._reasons or super().words

    @property
    def _reasons(self) -> str:
        return "; ".join(f"{field}: {text}" for field, text in self.fields.items()) or self.details.text


# --- QuickBooks' answers ----------------------------------------------------------------------------------------------------


class Fault(RemoteError):
    """QuickBooks read the request and refused it."""

    verdict = Verdict.HOLD
    landed_by_default = Landed.NO
    says = "QuickBooks refused it. {text}"
    what_to_do = "Correct what QuickBooks names, then try again."


class Stale(Fault):
    """5010: somebody else changed the record after we read it."""

    verdict = Verdict.RETRY
    says = "Somebody changed this in QuickBooks at the same moment."
    what_to_do = "Nothing: it is read again and tried again."


class NotFound(Fault):
    """610: the record, or something it uses, was deleted or made inactive."""

    says = "QuickBooks does not have this any more. {text}"
    what_to_do = "Look in QuickBooks whether it was deleted or made inactive."


_HOLDER = re.compile(r"TxnType=(?P<type>\w+).*?TxnId=(?P<id>\d+)", re.DOTALL)
_NUMBER = re.compile(r"DocNumber=(?P<number>.+?) is assigned")


class DuplicateNumber(Fault):
    """6140: another document has this number; `txn_type` and `txn_id` name it when QBO does."""

    what_to_do = "Look at that document: ignore this one if it is the same purchase, else change one of the numbers."

    def __init__(self, details: CallDetails, *, retry_after: float | None = None, landed: Landed | None = None) -> None:
        holder, number = _HOLDER.search(details.text), _NUMBER.search(details.text)
        self.txn_type: str | None = holder["type"] if holder else None
        self.txn_id: str | None = holder["id"] if holder else None
        self.number: str | None = number["number"] if number else None
        super().__init__(details, retry_after=retry_after, landed=landed)

    @property
    def sentence(self) -> str:
        """Name the number and the document that has it."""
        number = f"The number {self.number}" if self.number else "This number"
        where = f" by {self.txn_type} {self.txn_id}" if self.txn_id else ""
        return f"{number} is already used in QuickBooks{where}."


class DuplicateName(Fault):
    """6240: a vendor, customer or employee, perhaps inactive, has this name."""

    says = "The name is already used in QuickBooks by a vendor, a customer or an employee, perhaps an inactive one."
    what_to_do = "Pair with the one that exists, or change one of the names."


class ClosedPeriod(Fault):
    """6200, 6210: the books are closed for this date."""

    says = "The books are closed for this date in QuickBooks."
    what_to_do = "Change the date, or open the period in QuickBooks (Account and settings, Advanced, Accounting)."


class Locked(Fault):
    """The record may not change because others depend on it: paid, linked, matched or deposited."""

    says = "QuickBooks does not let this be changed, because something else depends on it. {text}"
    what_to_do = "Undo the payment, the match or the link in QuickBooks first, or leave it as it is."


class BadReference(Fault):
    """2500 and the like: an account, vendor, class or item is unknown, inactive or of a wrong type."""

    says = "Something this refers to is missing, inactive or of the wrong type in QuickBooks. {text}"
    what_to_do = "Make it active again in QuickBooks, or choose another pair for it."


class InvalidRequest(Fault):
    """2xxx, 6070: QBO does not accept the form of what we sent; `element` may name the field."""

    says = "QuickBooks does not accept what was sent. {text}"
    what_to_do = "Correct what QuickBooks names. If nothing is wrong with it, report it with the trace id: it is Tieout's mistake."

    @property
    def sentence(self) -> str:
        """Name the field, when QuickBooks does."""
        field = self.details.element
        return f"{super().sentence} Field: {field}." if field else super().sentence


class RuleBroken(Fault):
    """6xxx: a rule of accounting or of the company's settings, in QuickBooks' own words."""


class InvalidQuery(Fault):
    """4000 to 4002: our query is wrong."""

    verdict = Verdict.BUG
    says = "QuickBooks does not understand our query. {text}"
    what_to_do = "Report it with the trace id: it is Tieout's mistake."


class FeatureMissing(Fault):
    """5020, 5030: the plan, the role or a setting of the company does not have it."""

    says = "This QuickBooks company cannot do that. {text}"
    what_to_do = "Purchase orders and classes need QuickBooks Online Plus or Advanced, with the feature switched on."


class CompanyClosed(Fault):
    """6190: the subscription or trial ended."""

    verdict = Verdict.REST
    rest = 3600.0
    says = "The QuickBooks subscription of this company has ended or was not paid."
    what_to_do = "Renew the subscription in QuickBooks; Tieout goes on by itself."


class CompanyAway(Fault):
    """130, 140, 150: the company is being moved, locked or maintained by Intuit."""

    verdict = Verdict.REST
    rest = 300.0
    says = "Intuit works on this company at the moment. {text}"
    what_to_do = "Nothing: it is tried again by itself."


class DuplicateRequest(Fault):
    """600: a request with this id was seen before, and may have landed."""

    verdict = Verdict.RETRY
    landed_by_default = Landed.MAYBE
    says = "QuickBooks has seen this request before."
    what_to_do = "Nothing: before anything is sent again, Tieout looks whether the first one arrived."


class UnknownFault(Fault):
    """A code that this table does not know."""

    says = "QuickBooks refused it with a fault that Tieout does not know ({code}). {text}"
