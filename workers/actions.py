"""The table of long actions: what each reads, plans and applies. The newcomer's map of set-up."""

from __future__ import annotations

from collections.abc import Mapping

from store.tasks import Task
from workers import currencies
from workers.catch_up import read_changes
from workers.errors import NoSuchActionError
from workers.lists import mirror as lists
from workers.products import pair_all as products
from workers.runtime import Runtime
from workers.suppliers import create_vendors as vendor_batches
from workers.suppliers import import_from_quickbooks as supplier_import
from workers.suppliers import pair_all as supplier_sync
from workers.tasks import engine as tasks
from workers.tasks.engine import Action, Estimate
from workers.taxes import create_codes as tax_creating
from workers.taxes import match as tax_matching

ACTIONS: Mapping[str, Action] = {
    lists.IMPORT: lists.IMPORT_LISTS,
    lists.REFRESH: lists.UPDATE_LISTS,
    products.SYNC: products.SYNC_PRODUCTS,
    tax_matching.MATCH: tax_matching.MATCH_TAXES,
    tax_creating.CREATE: tax_creating.CREATE_TAX_CODES,
    supplier_import.NAME: supplier_import.IMPORT,
    supplier_sync.NAME: supplier_sync.SYNC,
    vendor_batches.NAME: vendor_batches.CREATE,
    currencies.ADD_CURRENCIES: currencies.ADDING,
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
        action = of_task(tasks.load(session, task_id))
    return tasks.work(runtime, task_id, action, read_changes)


def estimate(runtime: Runtime, task_id: int) -> Estimate:
    """Say what applying the plan of a task costs."""
    with runtime.read() as (session, _):
        task = tasks.load(session, task_id)
    return tasks.estimate(runtime, task, of_task(task))
