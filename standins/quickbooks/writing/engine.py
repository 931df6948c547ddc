"""Create, update, void and delete: one path for every entity of the table.

check the form -> find what is there -> lay one over the other -> resolve references -> the entity's own rules
-> store -> what follows from it (balances, links)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from standins.quickbooks import errors
from standins.quickbooks.company import plans
from standins.quickbooks.company.draft import Caller, EntityDraft
from standins.quickbooks.company.records import CompanyBooks
from standins.quickbooks.documents.closed_books import check_books
from standins.quickbooks.entities.entity import Entity
from standins.quickbooks.entities.fields import ADDRESS, NOWHERE
from standins.quickbooks.entities.form import checked, references
from standins.quickbooks.entities.table import ENTITIES
from standins.quickbooks.errors import QuickBooksFault
from standins.quickbooks.writing.rules import Rules, rules_of

Json = dict[str, Any]

NAMELESS = frozenset({("Bill", "SalesTermRef"), ("Vendor", "TermRef"), ("Customer", "ParentRef")})
"""References that QuickBooks answers without a name [recorded]."""


@dataclass
class Engine:
    """Writes into one company."""

    company: CompanyBooks
    caller: Caller = field(default_factory=Caller)

    def write(self, entity: Entity, sent: Json) -> Json:
        """Create when there is no Id, else update; return the record as it now stands."""
        plans.check_write(self.company, entity, self.caller)
        clean = checked(entity, _without_leaks(sent))
        old = self._existing(entity, sent) if sent.get("Id") else None
        verb = "update" if old else "create"
        if verb not in entity.verbs and not self.caller.person:
            raise errors.unsupported_operation(f"{verb} {entity.name}")
        draft = EntityDraft(self.company, entity, self.caller, clean, old, sparse=_is_sparse(entity, sent, old))
        _compose(draft)
        _require(draft)
        _resolve(draft)
        rules = rules_of(entity)
        rules.before(draft)
        return self._store(draft, rules)

    def delete(self, entity: Entity, sent: Json) -> Json:
        """Delete a transaction; return QBO's short answer."""
        plans.check_write(self.company, entity, self.caller)
        if "delete" not in entity.verbs:
            raise errors.unsupported_operation(f"delete {entity.name}")
        old = self._existing(entity, sent)
        draft = EntityDraft(self.company, entity, self.caller, {}, old)
        rules = rules_of(entity)
        rules.before_delete(draft)
        self.company.remove(entity, old["Id"])
        rules.after_delete(draft)
        return {"status": "Deleted", "domain": "QBO", "Id": old["Id"]}

    def void(self, entity: Entity, sent: Json) -> Json:
        """Void a bill payment or a purchase: no lines, no amount, a note."""
        plans.check_write(self.company, entity, self.caller)
        if "void" not in entity.verbs:
            raise errors.unsupported_operation(f"void {entity.name}")
        old = self._existing(entity, sent)
        draft = EntityDraft(self.company, entity, self.caller, {}, old)
        check_books(draft)
        note = old.get("PrivateNote")
        draft.new = {**old, "TotalAmt": 0, "Line": [], "PrivateNote": f"Voided - {note}" if note else "Voided"}
        draft.record = self.company.put(entity, draft.new, "Void")
        rules_of(entity).after(draft)
        return draft.record

    def _existing(self, entity: Entity, sent: Json) -> Json:
        identity = sent.get("Id")
        if identity in (None, ""):
            raise QuickBooksFault(errors.required("Id"))
        if not str(identity).isdecimal():
            raise QuickBooksFault(errors.invalid_id(identity))
        old = self.company.get(entity.name, str(identity))
        if old is None:
            raise self.company.missing(entity, str(identity))
        if self.caller.person:
            return old
        if sent.get("SyncToken") in (None, ""):
            if entity.name == "Attachable" and set(sent) == {"Id"}:
                return old
            raise QuickBooksFault(errors.required("SyncToken"))
        if str(sent["SyncToken"]) != old["SyncToken"]:
            raise errors.stale(entity.name, self.company.settings.colleague)
        return old

    def _store(self, draft: EntityDraft, rules: Rules) -> Json:
        new = draft.new
        if draft.old is None:
            new["Id"] = self.company.new_id(draft.entity)
        elif _content(new) == _content(draft.old):
            return draft.old
        draft.record = self.company.put(draft.entity, new, _operation(draft))
        rules.after(draft)
        return self.company.tables[draft.entity.name][new["Id"]]


def _content(record: Json) -> Json:
    """Return a record without what every write changes: one that changes nothing else changes nothing at all."""
    return {key: value for key, value in record.items() if key not in {"SyncToken", "MetaData", "domain", "sparse"}}


def _is_sparse(entity: Entity, sent: Json, old: Json | None) -> bool:
    return bool(sent.get("sparse")) and old is not None and entity.name != "Attachable"


def _operation(draft: EntityDraft) -> str:
    if draft.old is None:
        return "Create"
    # A name list has no deletion: webhooks call it "Delete" when an entry is made inactive.
    if draft.entity.is_name_list and draft.old.get("Active") and not draft.new.get("Active", True):
        return "Delete"
    return "Update"


def _without_leaks(sent: Json) -> Json:
    return {key: value for key, value in sent.items() if key not in {"time", "attributes"}}


def _compose(draft: EntityDraft) -> None:
    """Lay what was sent over what is there.

    A full update drops every writable property it leaves out, or puts its default back; a sparse one leaves the
    missing (and null) ones alone.
    """
    entity, old, clean = draft.entity, draft.old, draft.clean
    sent = {key: value for key, value in clean.items() if value is not None}
    if old is None:
        new = sent
    elif draft.sparse:
        new = {**old, **sent}
        if draft.caller.person:
            new = {key: value for key, value in new.items() if key not in clean or clean[key] is not None}
    else:
        kept = {key: value for key, value in old.items() if key not in entity.fields or entity.fields[key].computed}
        new = {**kept, **sent}
    new = {key: value for key, value in new.items() if value != ""}
    for name, spec in entity.fields.items():
        if spec.fixed and old is not None:
            new.pop(name, None)
            if name in old:
                new[name] = old[name]
        elif spec.default is not None and name not in new:
            new[name] = spec.default
        elif spec.parts is ADDRESS.parts and name in sent:
            _number_address(draft, name, new)
    draft.new = new


def _number_address(draft: EntityDraft, name: str, new: Json) -> None:
    before = (draft.old or {}).get(name, {})
    content = {key: value for key, value in new[name].items() if key not in {"Id", "Lat", "Long"} and value != ""}
    unchanged = content == {key: value for key, value in before.items() if key not in {"Id", "Lat", "Long"}}
    new[name] = (
        before if before and unchanged else {"Id": draft.company.next_id("addresses", 9001), **content, **NOWHERE}
    )


def _require(draft: EntityDraft) -> None:
    if draft.sparse and draft.caller.person:
        return  # a person changes a form that is already filled in
    needed = draft.entity.required_sparse if draft.sparse else draft.entity.required
    source = draft.clean if draft.sparse else draft.new
    missing = [errors.required(name) for name in needed if source.get(name) in (None, "", [])]
    if missing:
        raise QuickBooksFault(*missing)


def _resolve(draft: EntityDraft) -> None:
    """Check that every reference sent points to something active, and fill in its name."""
    for name, spec, reference in references(draft.entity.fields, draft.clean):
        _resolve_reference(draft, name, spec.targets[0], reference)


def _resolve_reference(draft: EntityDraft, name: str, target: str, reference: Json) -> None:
    identity = reference["value"]
    if target == "CompanyCurrency":
        reference.update(draft.currency(identity))
        return
    if target == "TaxCode" and draft.company.country == "US":
        return  # documents judge TAX and NON, which are names and not ids
    row = ENTITIES[target]
    target_record = draft.company.get(target, identity)
    if target_record is None:
        raise errors.unknown_reference(row.noun, identity, name)
    if not target_record.get("Active", True):
        raise errors.inactive_reference(row.plural, name)
    label = (
        target_record.get("DisplayName")
        if target in {"Vendor", "Employee"}
        else target_record.get("FullyQualifiedName")
    )
    if (draft.entity.name, name) in NAMELESS:
        return
    reference["name"] = label or target_record.get("DisplayName") or target_record.get("Name", "")
