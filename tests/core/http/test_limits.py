import pytest

from segue.core.errors import SettingsError
from segue.core.http.limits import Limits


def test_the_defaults_are_those_of_the_documents():
    limits = Limits()

    assert (limits.body, limits.fields, limits.field_size) == (10_000_000, 1000, 10**6)
    assert (limits.parts, limits.part_headers, limits.part_header_size) == (
        1000,
        20,
        8192,
    )
    assert (limits.boundary, limits.ranges) == (70, 100)


def test_one_figure_is_exchanged_and_the_others_stay():
    limits = Limits(fields=7).replace(body=5)

    assert limits == Limits(fields=7, body=5)


def test_limits_do_not_change():
    with pytest.raises(AttributeError):
        Limits().body = 5


@pytest.mark.parametrize("value", [-1, 1.5, "10MB", None, True])
def test_a_figure_that_is_no_count_is_refused_at_once(value):
    with pytest.raises(SettingsError, match="SG-HTTP-034") as caught:
        Limits(spool=value)

    assert f"spool={value!r}" in caught.value.problem.what


def test_a_figure_is_checked_when_it_is_exchanged_too():
    with pytest.raises(SettingsError, match="SG-HTTP-034"):
        Limits().replace(body=-1)
