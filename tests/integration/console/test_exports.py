"""Files that take long are made two at a time for each user."""

from __future__ import annotations

import pytest
from werkzeug.exceptions import TooManyRequests

from console.exports import AT_ONCE, Exports
from tests.integration.console.conftest import Visitor

FILE = "/c/widgets/set-up/preview/waiting.csv"


def test_a_user_makes_two_files_at_a_time_and_others_theirs() -> None:
    exports = Exports()
    for _ in range(AT_ONCE):
        exports.begin(1)
    with pytest.raises(TooManyRequests, match="Wait for one of them"):
        exports.begin(1)
    exports.begin(2)
    exports.end(1)
    exports.begin(1)


def test_a_third_file_is_refused_with_when_to_try_again_until_one_was_read_to_its_end(
    visitor: Visitor,
) -> None:
    visitor.sign_in("viewer")
    under_way = [visitor.client.get(FILE, buffered=False) for _ in range(AT_ONCE)]
    assert [answer.status_code for answer in under_way] == [200, 200]
    refused = visitor.get(FILE)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert "You make 2 files already." in refused.text
    for answer in under_way:
        answer.close()
    assert visitor.get(FILE).status_code == 200
