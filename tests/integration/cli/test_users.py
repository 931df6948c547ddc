"""`tieout users`."""

from __future__ import annotations

import simplejson

from tests.integration.cli.conftest import Tieout


def test_a_user_is_added_with_a_link_changed_disabled_and_enabled(tieout: Tieout) -> None:
    added = tieout("users", "add", "ann", "--role", "admin")
    assert added.exit_code == 0
    assert "/start/" in added.stdout
    assert tieout("users", "add", "bob", "--role", "viewer").exit_code == 0
    assert tieout("users", "change", "bob", "--role", "operator").exit_code == 0
    assert tieout("users", "disable", "bob").exit_code == 0
    rows = simplejson.loads(tieout("users", "list", "--json").stdout)
    assert [(row["name"], row["role"], row["disabled"]) for row in rows] == [
        ("ann", "admin", False),
        ("bob", "operator", True),
    ]
    assert "cannot: disabled" in tieout("users", "list").stdout
    assert tieout("users", "enable", "bob").exit_code == 0
    assert tieout("users", "end-sessions", "bob").exit_code == 0
    assert "/start/" in tieout("users", "link", "bob").stdout


def test_what_is_refused_says_what_helps(tieout: Tieout) -> None:
    assert "Add the first one" in tieout("users", "list").stderr
    tieout("users", "add", "ann", "--role", "admin")
    refused = tieout("users", "disable", "ann")
    assert refused.exit_code == 1
    assert "tieout users list" in refused.stderr
    assert tieout("users", "link", "nobody").exit_code == 3
    assert tieout("users", "add", "eve", "--role", "viewer", "--connection", "nowhere").exit_code == 3
