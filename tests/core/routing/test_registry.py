"""The converters of one app."""

import pytest

from segue.core.errors import RouteError
from segue.core.routing.registry import Converters


class Year(int):
    pass


@pytest.mark.feature("M-009")
def test_a_converter_of_the_app_is_found_by_name_and_by_hint():
    converters = Converters()

    added = converters.add("year", Year, hint=Year, rank=20, says="a year")

    assert converters.get("year") is added
    assert converters.for_hint(Year) is added
    assert (added.rank, added.words, added.spans) == (20, "a year", False)
    assert converters.by_name["year"] is added


def test_two_apps_do_not_share_their_converters():
    one, other = Converters(), Converters()

    one.add("year", Year)

    assert "year" not in other.by_name


def test_an_unknown_name_is_an_error_that_names_the_nearest():
    with pytest.raises(RouteError, match=r"SG-ROUTE-002.*\n.*\n.*app.py:1") as caught:
        Converters().get("itn", where=("app.py:1 show",))

    assert "Did you mean 'int'?" in caught.value.problem.what


@pytest.mark.parametrize("name", ["", "1a", "a-b", "re"])
def test_a_converter_needs_a_name_that_can_stand_in_a_pattern(name):
    with pytest.raises(RouteError, match="SG-ROUTE-009"):
        Converters().add(name, int)


def test_a_name_is_given_once():
    with pytest.raises(RouteError, match=r"SG-ROUTE-009.*'int'"):
        Converters().add("int", int)


def test_a_type_is_given_once():
    converters = Converters()
    converters.add("year", Year, hint=Year)

    with pytest.raises(RouteError, match=r"SG-ROUTE-009.*Year"):
        converters.add("jahr", Year, hint=Year)
