"""What an import and an update of a list plan: a table of cases, and what holds for any two lists."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappers.lists.entries import EXPENSE_TYPES, ListEntry, ListOption, Mirror, OptionPair, Selection, fit_name
from mappers.lists.plan import Row, plan
from mappers.remedies import Act, Remedy

TRAVEL = ListEntry("22", "Travel", code="6850", kind="Expense")
LODGING = ListEntry("104", "Lodging", parent="22", code="6860", kind="Expense")
CHECKING = ListEntry("35", "Checking", code="1000", kind="Bank")
PAYABLE = ListEntry("33", "Accounts Payable (A/P)", code="2000", kind="Accounts Payable")
IN_PRECORO = ListOption("8801", "Travel", code="6850", external_id="qbo:9130001:account:22")


def accounts(*entries: ListEntry, options: tuple[ListOption, ...] = (), **more: Any) -> Mirror:
    """Return the chart of accounts of Widgets Inc beside its custom field."""
    values: dict[str, Any] = {"selection": Selection(types=EXPENSE_TYPES), **more}
    values["pairs"] = {option: OptionPair(entry) for option, entry in values.get("pairs", {}).items()}
    return Mirror(
        "account",
        "account",
        "account",
        "9130001",
        {entry.id: entry for entry in entries},
        {option.id: option for option in options},
        **values,
    )


def summary(rows: list[Row]) -> list[tuple[str, str, str | None]]:
    """Return what rows say: what, which entry, which option."""
    return [(row.what, row.entry_id, row.option_id) for row in rows]


def only(rows: list[Row]) -> Row:
    """Return the one row of a plan."""
    assert len(rows) == 1, rows
    return rows[0]


def test_an_import_adds_expense_accounts_with_parents_first_and_leaves_bank_and_payable_accounts() -> None:
    rows = plan(accounts(LODGING, PAYABLE, CHECKING, TRAVEL), "all")
    assert summary(rows) == [("add", "22", None), ("add", "104", None)]
    assert rows[1].sentence == "Add account 6860 Lodging under Travel."
    assert rows[1].changes == {
        "name": "Lodging",
        "code": "6860",
        "parent": "22",
        "enabled": True,
        "external_id": "qbo:9130001:account:104",
    }


def test_a_picked_account_comes_along_but_accounts_payable_never() -> None:
    picked = Selection(types=EXPENSE_TYPES, picked=frozenset({"35", "33"}))
    assert summary(plan(accounts(CHECKING, PAYABLE, selection=picked), "all")) == [("add", "35", None)]


def test_only_what_was_picked_comes_with_what_it_lies_under() -> None:
    picked = Selection(picked=frozenset({"104"}), only_picked=True)
    other = ListEntry("7", "Advertising", kind="Expense")
    assert summary(plan(accounts(other, TRAVEL, LODGING, selection=picked), "all")) == [
        ("add", "22", None),
        ("add", "104", None),
    ]


def test_an_update_never_adds() -> None:
    assert plan(accounts(TRAVEL, LODGING), "nothing") == []


@pytest.mark.parametrize("carried", ["22", "qbo:9130001:account:22"])
def test_an_option_that_carries_the_id_is_taken_over_whatever_its_name_is(carried: str) -> None:
    row = only(plan(accounts(TRAVEL, options=(ListOption("8801", "Trips", "6850", external_id=carried),)), "all"))
    assert (row.what, row.option_id, row.takes_over) == ("update", "8801", True)
    assert row.changes == {"name": "Travel"}
    assert row.sentence == "Account 6850 Travel: is paired with option Trips; name Trips becomes Travel."


def test_an_option_with_an_equal_name_is_taken_over_and_gets_the_id() -> None:
    row = only(plan(accounts(TRAVEL, options=(ListOption("8801", "TRAVEL "),)), "all"))
    assert (row.what, row.takes_over) == ("update", True)
    assert row.changes == {"name": "Travel", "code": "6850", "external_id": "qbo:9130001:account:22"}


def test_the_same_name_under_another_parent_is_another_option() -> None:
    rows = plan(accounts(TRAVEL, LODGING, options=(IN_PRECORO, ListOption("9", "Lodging", "6860"))), "all")
    assert summary(rows) == [("pair", "22", "8801"), ("add", "104", None)]


def test_an_option_that_stands_for_an_entry_of_another_company_is_paired_and_left_as_it_is() -> None:
    theirs = ListOption("8801", "Travel", "T1", external_id="qbo:9130002:account:7")
    row = only(plan(accounts(TRAVEL, options=(theirs,)), "all"))
    assert (row.what, row.changes) == ("pair", {})


def test_two_options_of_one_name_are_not_guessed_between() -> None:
    row = only(plan(accounts(TRAVEL, options=(ListOption("1", "Travel"), ListOption("2", "travel"))), "all"))
    assert row.what == "problem"
    assert row.sentence == ("Precoro has 2 options named Travel. Pair account Travel by hand, or rename one of them.")


def test_an_option_that_a_person_marked_as_not_the_same_is_not_taken_over() -> None:
    mirror = accounts(TRAVEL, options=(ListOption("1", "Travel"),), refused=frozenset({("1", "22")}))
    assert only(plan(mirror, "all")).what == "problem"


def test_what_a_person_deleted_comes_back_only_when_a_person_imports_it() -> None:
    mirror = accounts(TRAVEL, LODGING, options=(replace(IN_PRECORO, gone=True),), pairs={"8801": "22"})
    assert summary(plan(mirror, "nothing")) == []
    assert summary(plan(mirror, "unseen")) == [("problem", "104", None)]
    rows = plan(mirror, "all")
    assert summary(rows) == [("add", "22", None), ("add", "104", None)]
    assert rows[0].sentence == "Add account 6850 Travel, which a person deleted in Precoro."


def test_a_schedule_may_add_what_was_never_there() -> None:
    assert summary(plan(accounts(TRAVEL), "unseen")) == [("add", "22", None)]


def refreshed(entry: ListEntry, option: ListOption = IN_PRECORO, **more: Any) -> Row:
    """Return the row of an update for a mirrored entry."""
    return only(plan(accounts(entry, options=(option,), pairs={"8801": "22"}, **more), "nothing"))


@pytest.mark.parametrize(
    ("entry", "changes", "sentence"),
    [
        (TRAVEL, {}, "Account 6850 Travel is as in QuickBooks."),
        (replace(TRAVEL, name="Trips"), {"name": "Trips"}, "Account 6850 Trips: name Travel becomes Trips."),
        (replace(TRAVEL, code="7000"), {"code": "7000"}, "Account 7000 Travel: code 6850 becomes 7000."),
        (replace(TRAVEL, code=None), {}, "Account Travel is as in QuickBooks."),
        (replace(TRAVEL, active=False), {"enabled": False}, "Account 6850 Travel: switched off."),
        (replace(TRAVEL, gone=True), {"enabled": False}, "Account 6850 Travel: switched off."),
    ],
)  # fmt: skip
def test_an_update_refreshes_what_is_mirrored(entry: ListEntry, changes: dict[str, Any], sentence: str) -> None:
    row = refreshed(entry)
    assert (row.changes, row.sentence) == (changes, sentence)
    assert row.what == ("update" if changes else "unchanged")


def test_an_option_that_we_switched_off_is_switched_on_with_its_account() -> None:
    off = replace(IN_PRECORO, enabled=False)
    assert refreshed(TRAVEL, off, switched_off=frozenset({"22"})).changes == {"enabled": True}


def test_an_option_that_a_person_switched_off_stays_off() -> None:
    assert refreshed(TRAVEL, replace(IN_PRECORO, enabled=False)).what == "unchanged"


def test_an_option_paired_by_hand_keeps_its_name() -> None:
    option = ListOption("8801", "Flights and hotels")
    mirror = replace(accounts(TRAVEL, options=(option,)), pairs={"8801": OptionPair("22", by_hand=True)})
    assert only(plan(mirror, "all")).what == "unchanged"


def test_an_account_left_out_is_switched_off() -> None:
    selection = Selection(types=EXPENSE_TYPES).without({"22"})
    assert refreshed(TRAVEL, selection=selection).changes == {"enabled": False}


@pytest.mark.parametrize(
    ("entry", "selection", "why"),
    [
        (replace(TRAVEL, active=False), Selection(), "inactive or gone in QuickBooks"),
        (TRAVEL, Selection(left_out=frozenset({"22"})), "left out"),
    ],
)
def test_a_default_account_is_never_switched_off(entry: ListEntry, selection: Selection, why: str) -> None:
    row = refreshed(entry, selection=selection, defaults={"22": "lines"})
    assert row.what == "problem"
    assert row.sentence == f"Account 6850 Travel is {why}, but it is the default account for lines."
    assert row.remedy == Remedy(
        "Choose another default account first.", (Act("change_setting", {"setting": "default_line_account"}),)
    )


def test_an_account_that_moved_in_quickbooks_moves_in_precoro() -> None:
    options = (IN_PRECORO, ListOption("8802", "Lodging", "6860", external_id="qbo:9130001:account:104"))
    row = plan(accounts(TRAVEL, LODGING, options=options, pairs={"8801": "22", "8802": "104"}), "nothing")[1]
    assert (row.changes, row.sentence) == ({"parent": "22"}, "Account 6860 Lodging: moved under Travel.")


def test_a_merged_account_hands_its_pair_over_and_its_option_is_switched_off() -> None:
    merged = ListOption("8802", "Trips", external_id="qbo:9130001:account:23")
    mirror = accounts(TRAVEL, options=(IN_PRECORO, merged), pairs={"8801": "22", "8802": "22"})
    rows = plan(mirror, "nothing")
    assert summary(rows) == [("unchanged", "22", "8801"), ("update", "22", "8802")]
    assert rows[1].changes == {"enabled": False}
    assert rows[1].sentence == "Switch off Trips: it was merged into Travel in QuickBooks."


def test_switching_off_what_a_merge_left_over_never_switches_on_what_a_person_switched_off() -> None:
    by_person = replace(IN_PRECORO, enabled=False)
    merged = ListOption("8802", "Trips", external_id="qbo:9130001:account:23")
    mirror = accounts(TRAVEL, options=(by_person, merged), pairs={"8801": "22", "8802": "22"})
    rows = plan(mirror, "nothing")
    assert [(row.option_id, row.spare) for row in rows if row.what == "update"] == [("8802", True)]
    again = plan(applied(mirror, rows), "nothing")
    assert [row.what for row in again] == ["unchanged"]


def test_the_option_of_a_merged_account_becomes_that_of_an_account_that_has_none() -> None:
    row = refreshed(TRAVEL, ListOption("8801", "Trips", "6850", external_id="qbo:9130001:account:23"))
    assert row.changes == {"name": "Travel", "external_id": "qbo:9130001:account:22"}


def test_the_sixth_level_is_a_problem_with_its_remedy() -> None:
    chain = [ListEntry(str(n), f"Level {n}", parent=str(n - 1) if n > 1 else None, kind="Expense") for n in range(1, 7)]
    rows = plan(accounts(*chain), "all")
    assert [row.what for row in rows] == ["add"] * 5 + ["problem"]
    assert rows[-1].sentence == (
        "Account Level 6 is on level 6; a list in Precoro has 5. Move it up in QuickBooks, or leave it out."
    )


def test_a_child_of_an_inactive_account_has_no_place() -> None:
    row = only(plan(accounts(replace(TRAVEL, active=False), LODGING), "all"))
    assert row.sentence == (
        "Account 6860 Lodging lies under Travel, which is inactive or gone in QuickBooks. "
        "Make Travel active there, or leave Lodging out."
    )


def test_a_name_that_another_option_has_is_not_doubled() -> None:
    other = ListEntry("7", "Advertising", kind="Expense")
    mirror = accounts(TRAVEL, other, options=(IN_PRECORO,), pairs={"8801": "7"})
    rows = plan(mirror, "all")
    assert summary(rows) == [("problem", "7", "8801"), ("problem", "22", None)] or rows[-1].what == "problem"
    assert "another option named Travel" in rows[-1].sentence


def test_a_long_name_is_cut_with_its_hash() -> None:
    long = "Chaparral Aerospace " * 20
    assert len(fit_name(long)) == 255
    assert fit_name(long) != fit_name(long + "II")


# What holds for any two lists

NAMES = st.sampled_from(["Travel", "travel.", "Fuel", "Rent", "Rent or Lease", "A & B", "AB"])
IDS = [str(number) for number in range(1, 9)]


@st.composite
def mirrors(draw: st.DrawFn) -> Mirror:
    """Draw a list, a custom field, pairs between them, and choices."""
    entries = {}
    for place, id_ in enumerate(IDS[: draw(st.integers(0, 8))]):
        parent = draw(st.sampled_from([None, *IDS[:place]]))
        entries[id_] = ListEntry(
            id_,
            draw(NAMES),
            parent,
            draw(st.sampled_from([None, "6000", "6010"])),
            draw(st.sampled_from(["Expense", "Expense", "Bank", "Accounts Payable"])),
            draw(st.booleans() | st.just(True)),
            draw(st.booleans()) and draw(st.booleans()),
        )
    options, keys = {}, [f"8{id_}" for id_ in IDS]
    for place, key in enumerate(keys[: draw(st.integers(0, 8))]):
        carried = draw(st.sampled_from([None, None, "1", "2", "qbo:9:account:1", "qbo:9:account:3", "qbo:7:account:1"]))
        parent = draw(st.sampled_from([None, *keys[:place]]))
        options[key] = ListOption(key, draw(NAMES), None, parent, draw(st.booleans()), carried, draw(st.booleans()))
    pairs = draw(
        st.dictionaries(st.sampled_from(keys), st.builds(OptionPair, st.sampled_from(IDS), st.booleans()), max_size=6)
    )
    refused = draw(st.frozensets(st.tuples(st.sampled_from(keys), st.sampled_from(IDS)), max_size=2))
    selection = Selection(
        draw(st.sampled_from([frozenset(), EXPENSE_TYPES])),
        draw(st.frozensets(st.sampled_from(IDS), max_size=3)),
        draw(st.booleans()),
        draw(st.frozensets(st.sampled_from(IDS), max_size=2)),
    )
    defaults = draw(st.dictionaries(st.sampled_from(IDS), st.just("lines"), max_size=1))
    off = draw(st.frozensets(st.sampled_from(IDS), max_size=2))
    living_pairs = {option: pair for option, pair in pairs.items() if pair.entry_id in entries}
    return Mirror(
        "account", "account", "account", "9", entries, options, living_pairs, refused, selection, off, defaults
    )


def applied(mirror: Mirror, rows: list[Row]) -> Mirror:
    """Return both sides after a plan was carried out in its order."""
    options, pairs, off = dict(mirror.options), dict(mirror.pairs), set(mirror.switched_off)
    for number, row in enumerate(rows):
        if row.what not in {"add", "update", "pair"}:
            continue
        key = row.option_id or f"9{number:03}"
        old = options.get(key, ListOption(key, ""))
        changes = dict(row.changes)
        if changes.get("parent") is not None:
            changes["parent"] = next(
                option for option, pair in reversed(pairs.items()) if pair.entry_id == changes["parent"]
                and option in options and not options[option].gone and _is_main(mirror, rows, option)
            )  # fmt: skip
        options[key] = replace(old, **changes)
        if row.what == "add" or row.takes_over:
            pairs[key] = OptionPair(row.entry_id)
        if "enabled" in changes and row.what != "add" and not row.spare:
            (off.discard if changes["enabled"] else off.add)(row.entry_id)
    return replace(mirror, options=options, pairs=pairs, switched_off=frozenset(off))


def _is_main(mirror: Mirror, rows: list[Row], option: str) -> bool:
    """Say whether children go under this option: that of a row of the plan, or a new one."""
    return option not in mirror.options or any(
        row.option_id == option and not row.sentence.startswith("Switch off") for row in rows
    )


@given(mirrors(), st.sampled_from(["nothing", "unseen", "all"]))
def test_what_was_planned_once_is_not_planned_again(mirror: Mirror, adds: Any) -> None:
    first = plan(mirror, adds)
    again = plan(applied(mirror, first), adds)
    # A name that another option gave up meanwhile lets through what was a problem before, and what lies below moves there.
    stuck = {row.entry_id for row in first if row.what == "problem"}
    late = [
        row
        for row in again
        if row.entry_id in stuck or (set(row.changes) == {"parent"} and row.changes["parent"] in stuck)
    ]
    assert not [row for row in again if row.what in {"add", "update", "pair"} and row not in late]


def test_a_name_that_an_option_gives_up_is_free_for_the_next_plan() -> None:
    entries = {entry.id: entry for entry in (ListEntry("1", "Travel"), ListEntry("3", "Fuel"))}
    mirror = Mirror(
        "account", "account", "account", "9130001", entries, {"81": ListOption("81", "Fuel")}, {"81": OptionPair("1")}
    )
    first = plan(mirror, "all")
    assert [(row.what, row.entry_id) for row in first if row.what in {"problem", "update"}] == [
        ("problem", "3"),
        ("update", "1"),
    ]
    assert [(row.what, row.entry_id) for row in plan(applied(mirror, first), "all") if row.what == "add"] == [
        ("add", "3")
    ]


def test_an_option_moves_under_its_parent_once_the_name_of_that_is_free() -> None:
    entries = {entry.id: entry for entry in (ListEntry("1", "Travel"), ListEntry("3", "Fuel", parent="1"))}
    options = {"85": ListOption("85", "Travel"), "88": ListOption("88", "travel.")}
    mirror = Mirror("account", "account", "account", "9130001", entries, options, {"85": OptionPair("3")})
    first = plan(mirror, "all")
    assert [(row.what, row.entry_id) for row in first] == [("problem", "1"), ("update", "3")]
    again = plan(applied(mirror, first), "all")
    assert [(row.entry_id, row.option_id, row.changes.get("parent")) for row in again] == [
        ("1", "88", None),
        ("3", "85", "1"),
    ]


@given(mirrors())
def test_an_update_adds_nothing_and_takes_nothing_over(mirror: Mirror) -> None:
    rows = plan(mirror, "nothing")
    assert {row.what for row in rows} <= {"update", "unchanged", "problem"}
    assert not [row for row in rows if row.takes_over]


@given(mirrors(), st.sampled_from(["unseen", "all"]))
def test_parents_come_before_children_and_everything_wanted_has_exactly_one_row(mirror: Mirror, adds: Any) -> None:
    rows = plan(mirror, adds)
    added = [row.entry_id for row in rows if row.what == "add"]
    assert len(added) == len(set(added))
    for place, entry_id in enumerate(added):
        assert mirror.entries[entry_id].parent not in added[place:]
    if adds == "all":
        mains = [row.entry_id for row in rows if not row.sentence.startswith("Switch off")]
        assert mirror.wanted() <= set(mains)
        assert len(mains) == len(set(mains))


@given(mirrors())
def test_no_option_is_taken_over_twice_or_against_a_persons_word(mirror: Mirror) -> None:
    taken = [(row.option_id, row.entry_id) for row in plan(mirror, "all") if row.takes_over]
    assert len({option for option, _ in taken}) == len(taken)
    assert not mirror.refused & set(taken)
    assert not {option for option, _ in taken} & set(mirror.pairs)


@given(mirrors(), st.sampled_from(["nothing", "unseen", "all"]))
def test_a_default_account_and_an_account_that_takes_no_purchases_are_safe(mirror: Mirror, adds: Any) -> None:
    for row in plan(mirror, adds):
        entry = mirror.entries[row.entry_id]
        assert not (row.what == "add" and entry.kind == "Accounts Payable" and not any_child(mirror, entry))
        switched_off = row.changes.get("enabled") is False and not row.sentence.startswith("Switch off")
        assert not (row.entry_id in mirror.defaults and switched_off)


def any_child(mirror: Mirror, entry: ListEntry) -> bool:
    """Say whether something lies under an entry."""
    return any(child.parent == entry.id for child in mirror.entries.values())
