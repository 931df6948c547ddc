"""The name of a payment of a bill, and its external id in Precoro."""

from __future__ import annotations

import pytest

from mappers.payments.key import PaymentKey


def test_a_key_is_read_as_it_is_written() -> None:
    key = PaymentKey.of("BillPayment", "145", "176")
    assert str(key) == "billpayment:145:bill:176"
    assert PaymentKey.read(str(key)) == key
    assert key.external_id("9130001") == "qbo:9130001:billpayment:145:bill:176"


def test_an_external_id_of_another_company_or_system_names_no_payment() -> None:
    key = PaymentKey.of("BillPayment", "145", "176")
    assert PaymentKey.read_external_id(key.external_id("9130001"), "9130001") == key
    strange = ("bill:176", "billpayment:1/2:bill:176", f"billpayment:{'1' * 90}:bill:176", "billpayment:1:bill:176\n")
    others = (None, "", str(key), key.external_id("9130002"), "PAY-7", *(f"qbo:9130001:{text}" for text in strange))
    assert [PaymentKey.read_external_id(text, "9130001") for text in others] == [None] * len(others)


@pytest.mark.parametrize("text", ["", "145", "billpayment:145", "billpayment:145:bill:", "billpayment:1:2:bill:3"])
def test_other_texts_name_no_payment(text: str) -> None:
    with pytest.raises(ValueError, match="names no payment"):
        PaymentKey.read(text)
