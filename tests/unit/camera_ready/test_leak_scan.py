"""What the search for leaks looks at, and the names that it looks for."""

from __future__ import annotations

import pytest

from paperkit.camera_ready.leaks import names_in, worth_looking_for


def test_names_that_every_machine_has_identify_nobody() -> None:
    assert worth_looking_for(["root", "user", "Runner", "ubuntu", "localhost", "ada", "lovelace"]) == ("lovelace",)


@pytest.mark.parametrize(
    "author", ["Anonymous Author", "Under Review", "Some University", "Department of Physics", "Paper Submission 12"]
)
def test_words_for_nobody_are_no_people(author: str) -> None:
    assert names_in(author) == ()
