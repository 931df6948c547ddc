"""What people ask for and cannot have: each error says why, and what helps.

NotPossibleError                    1  an act that is not possible now
├── BeingWorkedOnError                 a worker holds the record
├── NothingDiffersError                a document is not held for figures that differ in QuickBooks
├── NoDriftError                       nobody changed in QuickBooks what stands for a document
├── StandsAlreadyError                 an entity stands for the document already, so no other one is adopted
├── NotPausedError                     the connection is disconnected, not paused
├── AddressStillValidError             the webhook address before this one is still valid
├── NoOldAddressError                  there is no webhook address before this one
├── StillConnectedError                a connection is forgotten only when it is disconnected
├── LiveAlreadyError                   a connection goes live once
├── NotOfferedError                    a setting cannot have this value
├── ImportOffError                     the import of payments is switched off
├── WrongPeriodError                2  a period ends before it begins, or begins too early
├── ListNotOfferedError                QuickBooks has this list switched off
├── DefaultAccountError                a default account cannot be left out of its list
├── NotForPurchasesError               accounts of this type take no purchase lines
├── CurrencyError                      the currencies of a supplier and a vendor do not go together
├── TakenError                         a supplier or vendor is paired with another one
├── UnusableItemError                  no bill or order can have this item
├── NotMatchedError                    a tax has no match of its own
├── StillMatchedError                  a tax is matched with the very code that is refused
├── IsWithheldError                    a withholding tax is never suggested
├── UserExistsError                    a user goes by this name already
├── LastAdminError                     somebody has to manage the users
├── WeakPasswordError                  a password is short or easily guessed
├── WrongCodeError                     an authenticator shows another code
├── WrongSignInError                   user, password or code is wrong
├── LinkUsedError                      a sign-in link was used, or has lapsed
├── UnknownPersonError                 an identity provider vouches for somebody who is no user
├── ChannelNameError                   a channel cannot have this name
├── AddressRefusedError                alerts are not sent to this address
├── MessageRefusedError                a channel did not take a message
├── ConnectError                       connecting cannot go on
│   ├── CompanyRefusedError            the QuickBooks company cannot be used
│   ├── WrongCompanyError              another company was chosen at Intuit
│   ├── OtherEnvironmentError          a sandbox app for a real company, or the other way round
│   ├── LegalEntityError               a legal entity has to be chosen
│   ├── KnownCompanyError              the Precoro company is connected with another key
│   ├── OtherKeyError                  the key belongs to another Precoro company
│   ├── NameTakenError                 a connection has this name already
│   ├── NoAppKeysError                 the keys of the app at Intuit are not set
│   └── AttemptLapsedError             what comes back from Intuit belongs to no attempt of this session
├── TaskError                          something cannot be done with a task
│   ├── UnderWayError                  the same kind of action runs already
│   ├── NotWaitingError                the task is in another state
│   └── NoSuchActionError              another version of Tieout began the task
└── DoesNotExistError               3  what was named does not exist, or is more than one thing
    ├── NoConnectionError              nothing is connected yet
    ├── SeveralConnectionsError        a connection has to be named
    ├── NoSuchConnectionError
    ├── NoSuchDocumentError
    ├── NoSuchPaymentError
    ├── NotReadYetError                a document unknown here, not named so that Precoro could be asked
    ├── NoSuchEntryError               an entry of a list, by id or name
    ├── NoSuchListEntryError           an entry of a list that is mirrored, or a custom field
    ├── NoSuchEventError
    ├── NoSuchJobError
    ├── NoSuchTaskError
    ├── NoSuchReportError
    ├── NoSuchUserError
    ├── NoSuchAlertError
    ├── NoSuchChannelError
    ├── NotPairedError                 a supplier or product has no twin
    ├── NoQuestionError                nothing is asked about this field
    └── AmbiguousNameError             several go by one name

`exit_code` is that of the command line. What ends a job early (PostponedError, GaveUpError) is in `workers.records.work`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import ClassVar

from mappers.remedies import Act, Remedy
from mappers.settings.default_accounts import choose_another


class NotPossibleError(Exception):
    """An act that is not possible now: the sentence says why, the remedy what to do, where anything helps."""

    exit_code: ClassVar[int] = 1

    def __init__(self, sentence: str, remedy: Remedy | None = None) -> None:
        self.sentence = sentence
        self.remedy = remedy
        super().__init__(f"{sentence} {remedy.words}" if remedy else sentence)


class BeingWorkedOnError(NotPossibleError):
    """A worker holds the record; `show` is the act that tells when that is over."""

    def __init__(self, title: str, show: Act) -> None:
        super().__init__(
            f"{title} is being worked on at this moment.", Remedy("See when that is over, then try again.", (show,))
        )


class NothingDiffersError(NotPossibleError):
    """A document is not held for figures that differ in QuickBooks."""

    def __init__(self, title: str, name: str, slug: str) -> None:
        show = Act("show_document", {"document": name, "connection": slug})
        super().__init__(
            f"{title} is not held because QuickBooks holds other figures.", Remedy("See what it is held for.", (show,))
        )


class NoDriftError(NotPossibleError):
    """Nobody changed in QuickBooks what stands for a document."""

    def __init__(self, title: str, name: str, slug: str) -> None:
        show = Act("show_document", {"document": name, "connection": slug})
        super().__init__(
            f"Nothing of {title} was changed in QuickBooks that is still to be decided.",
            Remedy("See how it stands.", (show,)),
        )


class StandsAlreadyError(NotPossibleError):
    """An entity in QuickBooks stands for the document already, so no other one is adopted."""

    def __init__(self, title: str, standing: str) -> None:
        super().__init__(
            f"{standing} in QuickBooks stands for {title} already.",
            Remedy(f"If that is the one too many, delete {standing} in QuickBooks, then adopt the other one."),
        )


class NotPausedError(NotPossibleError):
    """A disconnected connection is not resumed but connected again."""

    def __init__(self, slug: str) -> None:
        super().__init__(
            f"{slug} is disconnected from QuickBooks.",
            Remedy("Connect it again.", (Act("reconnect", {"connection": slug}),)),
        )


class AddressStillValidError(NotPossibleError):
    """A webhook address is changed only when the one before it is retired."""

    def __init__(self, slug: str) -> None:
        super().__init__(
            f"The webhook address of {slug} was changed before, and the old one is still valid.",
            Remedy(
                "Paste the new one in Precoro, then retire the old one.", (Act("retire_webhook", {"connection": slug}),)
            ),
        )


class NoOldAddressError(NotPossibleError):
    """There is no webhook address before the present one."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"The present webhook address of {slug} is the only valid one.")


class StillConnectedError(NotPossibleError):
    """A connection that still works, or has a permission that is not shared, is not forgotten."""

    def __init__(self, slug: str) -> None:
        super().__init__(
            f"{slug} is not disconnected.",
            Remedy("Give its permission back first.", (Act("disconnect", {"connection": slug}),)),
        )


class LiveAlreadyError(NotPossibleError):
    """A connection goes live once."""

    def __init__(self, slug: str, since: datetime | None) -> None:
        super().__init__(
            f"{slug} has been live since {since:%Y-%m-%d %H:%M} UTC, and what was approved before stays historical.",
            Remedy("Enter such a document in QuickBooks by hand."),
        )


class NotOfferedError(NotPossibleError):
    """A change makes a setting what it cannot be; the message says why, setting by setting."""

    def __init__(self, sentences: Iterable[str]) -> None:
        super().__init__(" ".join(sentences))


class ImportOffError(NotPossibleError):
    """Payments are not imported in this connection."""

    def __init__(self, slug: str) -> None:
        on = Act("change_setting", {"connection": slug, "setting": "import_payments", "value": "on"})
        super().__init__(f"{slug} does not import payments.", Remedy("Switch that on first.", (on,)))


class WrongPeriodError(NotPossibleError):
    """No report is about such days."""

    exit_code = 2


class ListNotOfferedError(NotPossibleError):
    """A list that was asked for cannot be had; the message says why and what to do."""


class DefaultAccountError(NotPossibleError):
    """An account that documents go to when they name none cannot be left out."""

    def __init__(self, name: str, use: str, slug: str) -> None:
        super().__init__(
            f"Account {name} is the default account for {use}, so it cannot be left out.",
            choose_another(use, connection=slug),
        )


class NotForPurchasesError(NotPossibleError):
    """Accounts of this type take no purchase lines."""

    def __init__(self, type_: str) -> None:
        super().__init__(f"Accounts of type {type_} take no purchase lines, so they are never in the list.")


class CurrencyError(NotPossibleError):
    """A supplier and a vendor whose currencies do not go together; QuickBooks never changes a vendor's."""


class TakenError(NotPossibleError):
    """One of both is paired with another one; `supplier` is the id of the one whose pair stands in the way."""

    def __init__(self, what: str, other: str, supplier: str, slug: str) -> None:
        unpair = Act("unpair_supplier", {"supplier": supplier, "connection": slug})
        super().__init__(f"{what} is paired with {other} already.", Remedy("Unpair it first.", (unpair,)))


class UnusableItemError(NotPossibleError):
    """An item of QuickBooks that no bill or order can have."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"They cannot be paired: {reason}.")


class NotMatchedError(NotPossibleError):
    """There is no match of its own to undo."""

    def __init__(self, tax: str, slug: str) -> None:
        super().__init__(
            f"{tax} has no match of its own.",
            Remedy("See what each tax is matched with.", (Act("list_taxes", {"connection": slug}),)),
        )


class StillMatchedError(NotPossibleError):
    """A tax is matched with the very code that is said not to be the same."""

    def __init__(self, tax: str, code: str, slug: str) -> None:
        super().__init__(
            f"{tax} is matched with {code}.",
            Remedy("Undo that instead.", (Act("unmatch_tax", {"connection": slug, "tax": tax}),)),
        )


class IsWithheldError(NotPossibleError):
    """A withholding tax, which is never suggested."""

    def __init__(self, tax: str) -> None:
        super().__init__(
            f"{tax} is withheld: it goes to the liability account that is chosen by hand, and to no other."
        )


class UserExistsError(NotPossibleError):
    """A user goes by this name already."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a user {name} already.", Remedy("See who there is.", (Act("list_users"),)))


class UserNameError(NotPossibleError):
    """A user's name is empty, too long, or holds what is not printed."""

    def __init__(self) -> None:
        super().__init__("The name of a user has 1 to 100 characters, all of them printed.")


class LastAdminError(NotPossibleError):
    """The last administrator stays one: somebody has to manage the users."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} is the only administrator.",
            Remedy("Make another user an administrator first.", (Act("list_users"),)),
        )


class WeakPasswordError(NotPossibleError):
    """A new password is too short, too long, or easily guessed."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, Remedy("Choose four or five words that have nothing to do with each other."))


class WrongCodeError(NotPossibleError):
    """The code of a new authenticator is wrong."""

    def __init__(self) -> None:
        super().__init__(
            "That is not the code that the authenticator should show.",
            Remedy("Wait for the next code, and look whether the clock of the phone is right."),
        )


class WrongSignInError(NotPossibleError):
    """User, password or code is wrong; which of them is nobody's business."""

    def __init__(self) -> None:
        super().__init__(
            "User, password or code is wrong.",
            Remedy("Try again with the next code, or ask an administrator for a sign-in link."),
        )


class LinkUsedError(NotPossibleError):
    """A sign-in link works once, and for ten minutes."""

    def __init__(self) -> None:
        super().__init__(
            "This link was used, or is older than ten minutes.", Remedy("Ask an administrator for another one.")
        )


class UnknownPersonError(NotPossibleError):
    """An identity provider vouches for somebody who is no user here, or whose address it has not verified."""

    def __init__(self) -> None:
        super().__init__(
            "Your company's sign-in knows you, but you are no user of Tieout.",
            Remedy("Ask an administrator to add you under the e-mail address that you have there."),
        )


class ChannelNameError(NotPossibleError):
    """A channel cannot have this name, or another one has it."""

    def __init__(self) -> None:
        super().__init__(
            "A channel has a name of its own, of at most 40 small letters, digits and hyphens.",
            Remedy("Choose another one.", (Act("list_channels"),)),
        )


class AddressRefusedError(NotPossibleError):
    """Alerts are not sent to this address; the sentence quotes nothing of it that is secret."""

    def __init__(self, why: str) -> None:
        super().__init__(why, Remedy("Correct the address."))


class MessageRefusedError(NotPossibleError):
    """A channel did not take a message."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(
            f"{name} did not take the message: {why}",
            Remedy("Correct what it names, or remove the channel and add it anew.", (Act("list_channels"),)),
        )


class ConnectError(NotPossibleError):
    """Connecting cannot go on."""


class CompanyRefusedError(ConnectError):
    """The QuickBooks company cannot be used; the message says why and what to do."""


class WrongCompanyError(ConnectError):
    """Another company was chosen than the one that is to be connected again."""

    def __init__(self, expected: str, got: str, slug: str) -> None:
        super().__init__(
            f"QuickBooks company {got} was chosen, but this connection belongs to company {expected}; "
            "another company needs a connection of its own.",
            Remedy("Start again and choose the same company.", (Act("reconnect", {"connection": slug}),)),
        )


class OtherEnvironmentError(ConnectError):
    """The app in use is that of sandbox companies and the connection that of a real one, or the other way round."""

    def __init__(self, slug: str, expected: str, got: str) -> None:
        super().__init__(
            f"{slug} belongs to a {expected} company, and TIEOUT_QBO_ENVIRONMENT is {got}.",
            Remedy("Set it, and the keys of the app, as they were when it was connected."),
        )


class LegalEntityError(ConnectError):
    """A legal entity has to be chosen, or the one chosen is not there."""

    def __init__(self, why: str, entities: str) -> None:
        super().__init__(f"{why} There are: {entities}.", Remedy("Choose one of them.", (Act("connect_legal_entity"),)))


class KnownCompanyError(ConnectError):
    """The Precoro company is connected already, with the key of another user: its documents would be sent twice."""

    def __init__(self, email: str, slug: str | None) -> None:
        hand_over = Act("hand_over_key", {"connection": slug} if slug else {})
        super().__init__(
            f"This Precoro company is connected already, with the key of {email}.",
            Remedy("Use that e-mail address, or hand it over first.", (hand_over,)),
        )


class OtherKeyError(ConnectError):
    """A key was given that belongs to another Precoro company."""

    def __init__(self, slug: str) -> None:
        super().__init__(
            f"This key belongs to another Precoro company than {slug}.", Remedy("Make one in the same company.")
        )


class NameTakenError(ConnectError):
    """A connection has this name already."""

    def __init__(self, slug: str) -> None:
        super().__init__(
            f"There is a connection named {slug} already.", Remedy("Choose another name.", (Act("connect_named"),))
        )


class NoAppKeysError(ConnectError):
    """Nobody has said which app at Intuit this is."""

    def __init__(self) -> None:
        super().__init__(
            "The keys of the app at Intuit are not set.",
            Remedy("Whoever runs Tieout sets TIEOUT_QBO_CLIENT_ID and TIEOUT_QBO_CLIENT_SECRET."),
        )


class AttemptLapsedError(ConnectError):
    """A permission came back that this session did not ask for, or asked for too long ago, or has used."""

    def __init__(self) -> None:
        super().__init__(
            "That answer of QuickBooks does not belong to an attempt of yours within the last ten minutes.",
            Remedy("Start again, and use the page that then opens."),
        )


class TaskError(NotPossibleError):
    """Something cannot be done with a task."""


class UnderWayError(TaskError):
    """The same kind of action runs already for this connection."""

    def __init__(self, task_id: int, action: str) -> None:
        task = {"task": str(task_id)}
        super().__init__(
            f"Task {task_id} ({action}) is under way.",
            Remedy("Wait for it, or cancel it.", (Act("show_task", task), Act("cancel_task", task))),
        )


class NotWaitingError(TaskError):
    """The task is not in a state in which this can be asked."""

    def __init__(self, task_id: int, state: str, wanted: str) -> None:
        super().__init__(
            f"Task {task_id} is {state}, so it cannot be {wanted}.",
            Remedy("See what it has done.", (Act("show_task", {"task": str(task_id)}),)),
        )


class NoSuchActionError(TaskError):
    """A task was begun by another version of Tieout, whose action this one does not have."""

    def __init__(self, name: str, task_id: int) -> None:
        super().__init__(
            f"This version of Tieout has no action {name}.",
            Remedy("Cancel the task and begin again.", (Act("cancel_task", {"task": str(task_id)}),)),
        )


class DoesNotExistError(NotPossibleError):
    """What was named does not exist, or is more than one thing."""

    exit_code = 3


class NoConnectionError(DoesNotExistError):
    """No companies are connected yet."""

    def __init__(self) -> None:
        super().__init__("There is no connection yet.", Remedy("Connect two companies.", (Act("connect_companies"),)))


class SeveralConnectionsError(DoesNotExistError):
    """No connection was named, and there are several."""

    def __init__(self, slugs: Collection[str]) -> None:
        super().__init__("There are several connections.", Remedy(f"Name one of: {', '.join(sorted(slugs))}"))


class NoSuchConnectionError(DoesNotExistError):
    """No connection has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"There is no connection named {name}.", Remedy("See which there are.", (Act("list_connections"),))
        )


class NoSuchDocumentError(DoesNotExistError):
    """No document has this number."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no document {name}.", Remedy("See which there are.", (Act("list_documents"),)))


class NoSuchPaymentError(DoesNotExistError):
    """No payment has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no payment {name}.", Remedy("See which there are.", (Act("list_payments"),)))


class NotReadYetError(DoesNotExistError):
    """No document that Tieout has read goes by this name, which does not say what to look for in Precoro."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"There is no document {name} yet.", Remedy("Say its kind and its running number, as in invoice:203.")
        )


class NoSuchEntryError(DoesNotExistError):
    """Neither the key nor the name of an entry is known."""

    def __init__(self, side: str, kind: str, text: str, slug: str) -> None:
        super().__init__(
            f"{side} has no {kind.replace('_', ' ')} with the id or name {text} in the lists as they were last read.",
            Remedy("Read them again.", (Act("refresh_lists", {"connection": slug}),)),
        )


class NoSuchListEntryError(DoesNotExistError):
    """No entry of a list, or no custom field, goes by what was named."""

    def __init__(self, what: str, name: str, slug: str) -> None:
        super().__init__(
            f"There is no {what} {name}.",
            Remedy("See how the lists stand.", (Act("show_lists", {"connection": slug}),)),
        )


class NoSuchEventError(DoesNotExistError):
    """No event has one of these numbers; events are kept for 90 days."""

    def __init__(self, event_ids: Iterable[int]) -> None:
        names = ", ".join(map(str, event_ids))
        super().__init__(f"There is no event {names}.", Remedy("See which there are.", (Act("list_events"),)))


class NoSuchJobError(DoesNotExistError):
    """RQ has no failed job with this id."""

    def __init__(self, job_id: str) -> None:
        super().__init__(
            f"There is no failed job {job_id}.", Remedy("See which there are.", (Act("list_failed_jobs"),))
        )


class NoSuchTaskError(DoesNotExistError):
    """There is no task with this number."""

    def __init__(self, task_id: int) -> None:
        super().__init__(f"There is no task {task_id}.", Remedy("See which there are.", (Act("list_tasks"),)))


class NoSuchReportError(DoesNotExistError):
    """There is no report with this number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"There is no report {number}.", Remedy("See which there are.", (Act("list_reports"),)))


class NoSuchUserError(DoesNotExistError):
    """No user has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no user {name}.", Remedy("See who there is.", (Act("list_users"),)))


class NoSuchAlertError(DoesNotExistError):
    """There is no alert with this number; those that are over are kept for 90 days."""

    def __init__(self, number: int) -> None:
        super().__init__(f"There is no alert {number}.", Remedy("See which there are.", (Act("list_alerts"),)))


class NoSuchChannelError(DoesNotExistError):
    """No channel has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no channel {name}.", Remedy("See which there are.", (Act("list_channels"),)))


class NotPairedError(DoesNotExistError):
    """A supplier or a product has no twin in QuickBooks; `act` lists what is paired."""

    def __init__(self, name: str, act: Act) -> None:
        super().__init__(f"{name} is not paired.", Remedy("See what is paired.", (act,)))


class NoQuestionError(DoesNotExistError):
    """Nothing is asked about this field of the supplier."""

    def __init__(self, supplier: str, field: str, slug: str) -> None:
        super().__init__(
            f"Nothing is asked about the {field} of supplier {supplier}.",
            Remedy("See what is asked.", (Act("show_questions", {"connection": slug}),)),
        )


class AmbiguousNameError(DoesNotExistError):
    """Several entries go by one name; the message names each."""

    def __init__(self, what: str, name: str, choices: Collection[str]) -> None:
        super().__init__(f"More than one {what} goes by {name}.", Remedy(f"Name one of: {', '.join(sorted(choices))}"))
