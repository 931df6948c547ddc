"""The table of long actions: what each reads, plans and applies. The newcomer's map of set-up."""

from __future__ import annotations

from collections.abc import Mapping

from store.tasks import Task
from workers import currencies
from workers.catch_up import read_changes
from workers.connections import first_look
from workers.documents import adopt_all
from workers.errors import NoSuchActionError
from workers.lists import mirror as lists
from workers.lookup import find_task
from workers.payments import import_from_quickbooks as import_payments
from workers.products import pair_all as pair_all_products
from workers.runtime import Runtime
from workers.suppliers import create_vendors, import_from_quickbooks
from workers.suppliers import pair_all as pair_all_suppliers
from workers.tasks import engine
from workers.tasks.action import Action, Estimate
from workers.taxes import create_codes as create_tax_codes
from workers.taxes import match as match_taxes
from workers.tie_out import action as tie_out

ACTIONS: Mapping[str, Action] = {
    first_look.NAME: first_look.ACTION,
    adopt_all.NAME: adopt_all.ACTION,
    lists.IMPORT: lists.IMPORT_LISTS,
    lists.UPDATE: lists.UPDATE_LISTS,
    pair_all_products.NAME: pair_all_products.ACTION,
    match_taxes.NAME: match_taxes.ACTION,
    create_tax_codes.NAME: create_tax_codes.ACTION,
    import_from_quickbooks.NAME: import_from_quickbooks.ACTION,
    pair_all_suppliers.NAME: pair_all_suppliers.ACTION,
    create_vendors.NAME: create_vendors.ACTION,
    import_payments.NAME: import_payments.ACTION,
    currencies.NAME: currencies.ACTION,
    tie_out.NAME: tie_out.ACTION,
}


def of_task(task: Task) -> Action:
    """Return the action of a task. Raises NoSuchActionError."""
    action = ACTIONS.get(task.action)
    if action is None:
        raise NoSuchActionError(task.action, task.id)
    return action


def work(runtime: Runtime, task_id: int) -> str:
    """Take the next step of a task, whichever action it is."""
    with runtime.read() as (session, _):
        task = session.get(Task, task_id)
        if task is None:
            return "not due"  # forgotten with its connection while this job was in the queue
        action = of_task(task)
    return engine.work(runtime, task_id, action, read_changes)


def estimate(runtime: Runtime, task_id: int) -> Estimate:
    """Say what applying the plan of a task costs."""
    with runtime.read() as (session, _):
        task = find_task(session, task_id)
    return engine.estimate(runtime, task, of_task(task))


def title(name: str) -> str:
    """Return how people call an action; the name itself for one of another version."""
    return ACTIONS[name].title if name in ACTIONS else name


def ending(name: str) -> str:
    """Return what is told when an action had nothing to apply."""
    return ACTIONS[name].ending if name in ACTIONS else ""
