"""What each role may do; what a role does not name, it may not."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from store.users import ACCOUNTANT, ADMIN, OPERATOR, VIEWER, Role


class Permission(StrEnum):
    """One sort of thing that people do."""

    SEE = "see documents, figures and pairs"
    DECIDE = "pair, hold, send and change settings"
    OPERATE = "replay jobs and events, pause and resume"
    ADMINISTER = "connect again, change keys and end connections"
    MANAGE = "connect companies and manage users"


MAY: Mapping[Role, frozenset[Permission]] = {
    VIEWER: frozenset({Permission.SEE}),
    ACCOUNTANT: frozenset({Permission.SEE, Permission.DECIDE}),
    OPERATOR: frozenset({Permission.SEE, Permission.OPERATE}),
    ADMIN: frozenset(Permission),
}
"""An operator decides nothing about the books, and an accountant does not need to operate anything."""
OF_ALL = frozenset({Permission.MANAGE})
"""What only users of all connections may do: whoever manages users could give themselves the other connections."""
