"""The words of errors: titles of statuses, near misses, what is absent."""

import pytest

from segue.core.errors import HTTPError, MissingExtraError, did_you_mean
from segue.core.types import UNSET


@pytest.mark.parametrize(
    ("status", "title"),
    [
        (404, "Not Found"),
        (413, "Content Too Large"),
        (422, "Unprocessable Content"),
        (499, "Status 499"),
    ],
)
def test_a_status_has_its_title_on_every_python(status: int, title: str) -> None:
    assert HTTPError(status=status).title == title


def test_a_missing_extra_prints_the_line_to_type() -> None:
    error = MissingExtraError("granian", extra="server", purpose="This command")

    assert error.problem.code == "SG-APP-010"
    assert 'pip install "segue[server]"' in str(error)


def test_the_nearest_name_is_offered_and_nothing_far() -> None:
    assert did_you_mean("hme", ["home", "about"]) == " Did you mean 'home'?"
    assert did_you_mean("xyz", ["home"]) == ""


def test_what_is_absent_is_false_and_says_so() -> None:
    assert not UNSET
    assert repr(UNSET) == "UNSET"
