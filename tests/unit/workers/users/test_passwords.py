"""Passwords and one-time codes."""

from __future__ import annotations

import pyotp
import pytest
from argon2 import extract_parameters

from workers.errors import WeakPasswordError
from workers.users import passwords

GOOD = "sprout lantern copper violin"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
MOMENT = 1_795_000_000.0


def test_a_password_matches_what_is_kept_of_it_and_nothing_else() -> None:
    kept = passwords.hashed(GOOD, user="ann")
    assert GOOD not in kept
    assert kept.startswith("$argon2id$")
    assert passwords.matches(GOOD, kept)
    assert not passwords.matches(GOOD + " ", kept)
    assert not passwords.matches(GOOD, None)


@pytest.mark.parametrize(
    "password",
    ["short", "fourteen chars", "passwordpassword", "qwertyuiopasdfghjkl", "111111111111111111", "x" * 257,
     "ann@widgets.example", "abcdefghijklmnopqrst"],
)  # fmt: skip
def test_a_weak_password_is_refused_with_what_to_do(password: str) -> None:
    with pytest.raises(WeakPasswordError, match="four or five words"):
        passwords.hashed(password, user="ann@widgets.example")


def test_long_passwords_of_any_characters_are_taken_as_they_are() -> None:
    password = "größere Wörter und ein Schloß 🔒 " * 4
    assert passwords.matches(password, passwords.hashed(password, user="ann"))


def test_a_user_who_does_not_exist_takes_as_long_as_one_who_does() -> None:
    kept = passwords.hashed(GOOD, user="ann")
    assert extract_parameters(passwords.HASH_OF_NOBODY) == extract_parameters(kept)  # the same work for either


@pytest.mark.parametrize(("steps", "accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_is_taken_for_its_half_minute_and_those_beside_it(steps: int, accepted: bool) -> None:
    code = pyotp.TOTP(SECRET).at(int(MOMENT) + 30 * steps)
    counter = passwords.counter_of(code, SECRET, MOMENT)
    assert counter == (int(MOMENT) // 30 + steps if accepted else None)


@pytest.mark.parametrize("code", ["", "000", "12345678", "abcdef", "１２３４５６"])
def test_what_is_no_code_is_refused(code: str) -> None:
    assert passwords.counter_of(code, SECRET, MOMENT) is None


def test_an_authenticator_is_told_for_whom_its_codes_are() -> None:
    address = passwords.enrolment_address(SECRET, "ann@widgets.example")
    assert address.startswith("otpauth://totp/Tieout:ann%40widgets.example?secret=")
