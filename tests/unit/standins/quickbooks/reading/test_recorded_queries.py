"""Queries are answered, and refused, as QuickBooks was recorded to do it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.unit.standins.quickbooks.books import ACME, Books, bill, category_line


def refusal(books: Books, statement: str) -> tuple[str, str]:
    [problem] = books.get("query", query=statement)["Fault"]["Error"]
    return problem["code"], problem["Detail"]


@pytest.mark.parametrize(
    "statement",
    [
        "select * from vendor where ID = '56'",
        "select * from Vendor where displayname = 'acme supply'",
        "select * from Vendor where displayname = 'acme supply' and Metadata.LastUpdatedTime > '2020-01-01'",
        "select * from Vendor where displayname like 'acme supply' order by metadata.createtime desc, id",
    ],
)
def test_properties_are_named_in_any_case(us: Books, statement: str) -> None:
    assert [row["Id"] for row in us.query(statement)["Vendor"]] == [ACME]


def test_what_is_selected_in_any_case_comes_under_its_own_name(us: Books) -> None:
    [row] = us.query("select id, displayname, Metadata.createtime from Vendor where id = '56'")["Vendor"]
    assert set(row) == {"Id", "DisplayName", "MetaData", "sparse"}
    assert set(row["MetaData"]) == {"CreateTime"}


def test_position_and_size_of_a_page_come_in_either_order(us: Books) -> None:
    first = us.query("select Id from Vendor orderby Id startposition 2 maxresults 3")
    assert us.query("select Id from Vendor orderby Id maxresults 3 startposition 2") == first
    assert len(first["Vendor"]) == 3


def test_customers_are_found_by_mail_and_vendors_are_not(us: Books) -> None:
    made = us.write("Customer", {"DisplayName": "Lone Star", "PrimaryEmailAddr": {"Address": "star@lone.example"}})
    condition = "PrimaryEmailAddr = 'star@lone.example'"
    assert [row["Id"] for row in us.query(f"select * from Customer where {condition}")["Customer"]] == [made["Id"]]  # noqa: S608
    code, detail = refusal(us, f"select * from Vendor where {condition}")  # noqa: S608
    assert (code, "'PrimaryEmailAddr' is not queryable" in detail) == ("4001", True)


@pytest.mark.parametrize(
    ("name", "column", "shown"),
    [
        ("Zakład", 46, '"\\u0142" (322)'),
        ("Завод", 43, '"\\u0417" (1047)'),
        ("工厂", 43, '"\\u5de5" (24037)'),
        ("O’Neil", 44, '"\\u2019" (8217)'),
    ],
)
def test_a_letter_beyond_latin_1_is_refused_in_a_query_and_taken_in_a_name(
    us: Books, name: str, column: int, shown: str
) -> None:
    made = us.write("Vendor", {"DisplayName": name})
    statement = f"select * from Vendor where DisplayName = '{name}'"  # noqa: S608
    detail = f"QueryParserError: Invalid content. Lexical error at line 1, column {column}. Encountered: {shown}"
    assert refusal(us, statement) == ("4000", detail)
    us.control("settings", {"query_letters": "any"})
    assert [row["Id"] for row in us.query(statement)["Vendor"]] == [made["Id"]]


def test_a_letter_of_latin_1_is_taken_in_a_query(us: Books) -> None:
    made = us.write("Vendor", {"DisplayName": "Café Ångström"})
    assert us.query("select * from Vendor where DisplayName = 'Café Ångström'")["Vendor"][0]["Id"] == made["Id"]


@pytest.mark.parametrize("value", ["", "abc"])
def test_an_id_that_is_no_number_is_refused_by_its_name(us: Books, value: str) -> None:
    [problem] = us.get("query", query=f"select * from Bill where Id = '{value}'")["Fault"]["Error"]  # noqa: S608
    assert (problem["code"], problem["element"]) == ("2030", "Id")
    assert problem["Detail"] == f"Id should be a valid number. Supplied value:{value}"


@pytest.mark.parametrize(
    ("statement", "beginning"),
    [
        ("select * from Bill where TotalAmt >> '3'", 'Encountered " ">" "> "" at line 1, column 36.'),
        ("select * frm Bill", 'Encountered " <STRING> "frm "" at line 1, column 10.'),
        ("select * from Bill where", 'Encountered "<EOF>" at line 1, column 24.'),
    ],
)
def test_what_cannot_be_read_is_said_with_place_and_what_was_expected(
    us: Books, statement: str, beginning: str
) -> None:
    code, detail = refusal(us, statement)
    assert code == "4000"
    assert detail.startswith(f"QueryParserError: {beginning}\nWas expecting one of:\n    <")


@pytest.mark.parametrize("name", ["PrimaryEmailAddr.EmailAddress", "Nickname", "BillAddr.Town"])
def test_a_property_that_is_not_there_is_named_with_its_entity(us: Books, name: str) -> None:
    detail = f"QueryValidationError: Property {name} not found for Entity Customer"
    assert refusal(us, f"select * from Customer where {name} > 'a'") == ("4001", detail)  # noqa: S608


def test_an_unknown_entity_is_refused_in_the_recorded_words(us: Books) -> None:
    detail = "QueryValidationError: invalid context declaration: Custmoer"
    assert refusal(us, "select * from Custmoer") == ("4001", detail)


def test_lists_without_an_order_come_by_code_points(us: Books) -> None:
    for name in ("Pam Seitz", "PG&E", "e-mail house"):
        us.write("Vendor", {"DisplayName": name})
    names = [row["DisplayName"] for row in us.query("select * from Vendor maxresults 1000")["Vendor"]]
    assert names == sorted(names)
    assert names.index("PG&E") < names.index("Pam Seitz") < names.index("e-mail house")


def test_queries_and_changes_have_a_total_count_where_the_setting_says_so(us: Books) -> None:
    us.write("Bill", bill(category_line(5)))
    since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()

    def totals() -> list[object]:
        [changes] = us.get("cdc", entities="Bill", changedSince=since)["CDCResponse"]
        return [us.query("select * from Bill").get("totalCount"), changes["QueryResponse"][0].get("totalCount")]

    assert totals() == [1, 1]
    us.control("settings", {"total_counts": ["queries"]})
    assert totals() == [1, None]
    us.control("settings", {"total_counts": []})
    assert totals() == [None, None]


def test_an_address_that_leads_nowhere_is_an_unsupported_operation(us: Books) -> None:
    [problem] = us.get("customer/1/5")["Fault"]["Error"]
    path = f"/v3/company/{us.realm}/customer/1/5"
    assert problem["code"] == "500"
    assert problem["Detail"] == (
        f"Operation Could not find resource for relative : {path} of full path: http://localhost{path} is not supported."
    )


def test_pseudo_tax_codes_have_their_times_and_one_of_them_is_a_group(us: Books) -> None:
    pseudo = us.query("select * from TaxCode")["TaxCode"][:3]
    assert [row["TaxGroup"] for row in pseudo] == [False, False, True]
    assert all(set(row["MetaData"]) == {"CreateTime", "LastUpdatedTime"} for row in pseudo)
