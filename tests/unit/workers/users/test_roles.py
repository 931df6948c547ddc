"""What each role may do."""

from __future__ import annotations

from store.users import ROLES
from workers.users.roles import MAY, Permission


def test_every_role_has_its_permissions_and_sees() -> None:
    assert set(MAY) == set(ROLES)
    assert all(Permission.SEE in allowed for allowed in MAY.values())


def test_who_operates_decides_nothing_about_the_books_and_only_administrators_manage_users() -> None:
    assert Permission.DECIDE not in MAY["operator"]
    assert Permission.OPERATE not in MAY["accountant"]
    assert [role for role in ROLES if Permission.ADMINISTER in MAY[role]] == ["admin"]
    assert [role for role in ROLES if Permission.MANAGE in MAY[role]] == ["admin"]
