"""What the code of a function says."""

import functools
import json
from contextlib import suppress

import pytest

from segue import NotFound, errors
from segue.errors import Conflict, Forbidden, Gone
from segue.openapi.written import Returned, errors_in, returned_by


def names(function):
    return {kind.__name__ for kind in errors_in(function)}


@pytest.mark.feature("M-065")
def test_the_errors_that_a_function_names_are_found():
    local = Gone

    def raises(x):
        if x:
            raise NotFound
        if x is None:
            raise errors.Forbidden("No.")

        def inner():
            raise Conflict

        with suppress(local):
            inner()

    assert names(raises) == {"NotFound", "Forbidden", "Conflict", "Gone"}
    assert Forbidden in set(errors_in(raises))


def test_what_is_no_function_of_python_names_nothing():
    assert names(len) == set()
    assert names(functools.partial(len, [])) == set()


def test_methods_classes_and_objects_are_read_too():
    class Guard:
        def __init__(self):
            raise Gone

        def check(self):
            raise NotFound

        def __call__(self):
            raise Conflict

    guard = Guard.__new__(Guard)

    assert names(guard.check) == {"NotFound"}
    assert names(guard) == {"Conflict"}
    assert names(Guard) == {"Gone"}


def test_a_name_that_is_not_bound_yet_is_passed_over():
    def function():
        raise later

    found = names(function)
    later = NotFound

    assert found == set()
    assert names(function) == {later.__name__}


class Store:
    def find(self, id):
        return self._checked(id)

    def _checked(self, id):
        raise NotFound

    @classmethod
    def place(cls):
        raise Conflict

    def other(self):
        raise Forbidden


class Shelf:
    def __init__(self, store: Store) -> None:
        self.store = store

    def show(self, id):
        return self.store.find(id)


def helper():
    raise Gone


@pytest.mark.feature("M-065")
def test_errors_of_what_is_called_are_found():
    def through_function():
        return helper()

    def through_hint(store: Store):
        store.place()
        return store.find(3)

    assert names(through_function) == {"Gone"}
    assert names(through_hint) == {"Conflict", "NotFound"}
    assert {e.__name__ for e in errors_in(Shelf.show, Shelf)} == {"NotFound"}


def test_hints_that_cannot_be_read_lead_nowhere():
    def function(store: "Nowhere"):  # noqa: F821 - that is the point
        return store.find(3)

    assert names(function) == set()


def test_functions_that_call_each_other_are_read_once():
    assert names(one) == {"Gone"}


def one():
    other()
    raise Gone


def other():
    one()


def unsaid(x): ...


def fixed(x):
    return 3


def pair(x):
    return "made", 201


def pair_of_value(x):
    return x, 201


def longer(x):
    return x, 1, 201


def flag(x):
    return x, True


def number(x):
    return x, 7


def listed(x):
    return [x]


def several(x):
    if x:
        return {}
    if x is None:
        return "no"
    return None


@pytest.mark.parametrize(
    ("function", "returned"),
    [
        (unsaid, Returned(True, ())),
        (fixed, Returned(False, (int,))),
        (pair, Returned(False, (), (201,))),
        (pair_of_value, Returned(False, (), (201,))),
        (longer, Returned(False, (object,))),
        (flag, Returned(False, (object,))),
        (number, Returned(False, (object,))),
        (listed, Returned(False, (list,))),
        (several, Returned(True, (dict, str))),
        (lambda x: x, Returned(False, (object,))),
        (json.loads, Returned(False, (object,))),
        (len, Returned(True, (object,))),
    ],
)
def test_what_a_function_returns(function, returned):
    assert returned_by(function) == returned
