"""Where something was written."""

import functools

from segue.core.handlers.places import calling_file, calling_place, code_of, place_of


def plain():
    pass


class Thing:
    def method(self):
        pass

    def __call__(self):
        pass


def test_a_function_is_placed_at_its_first_line():
    line = plain.__code__.co_firstlineno

    assert place_of(plain) == f"handlers/test_places.py:{line} plain"


def test_a_local_function_is_placed_by_its_own_name():
    def inner():
        pass

    assert place_of(inner).endswith(" inner")


def test_a_partial_is_placed_where_its_function_is():
    twice = functools.partial(functools.partial(plain))

    assert place_of(twice) == place_of(plain)
    assert code_of(twice) is plain


def test_a_wrapped_function_is_placed_where_it_was_written():
    @functools.wraps(plain)
    def wrapper():
        pass

    assert place_of(wrapper) == place_of(plain)
    assert place_of(functools.partial(wrapper)) == place_of(plain)


def test_a_class_an_object_and_a_method_are_placed():
    assert place_of(Thing).endswith(" Thing")
    assert place_of(Thing()).startswith("handlers/test_places.py:")
    assert place_of(Thing().method).endswith(" Thing.method")


def test_what_has_no_source_is_placed_by_its_module():
    made = type("Made", (), {"__module__": "nowhere"})

    assert place_of(int) == "builtins int"
    assert place_of(len) == "builtins len"
    assert place_of(made) == "nowhere Made"


def test_an_object_with_an_attribute_func_is_no_partial():
    thing = Thing()
    thing.func = plain

    assert code_of(thing) == thing.__call__
    assert place_of(thing).endswith(" Thing")


def test_the_calling_file_is_the_one_outside_the_package():
    assert calling_file() == __file__


def test_the_calling_place_is_the_line_outside_the_package():
    place = calling_place()

    assert place.startswith("handlers/test_places.py:")
    assert place.endswith("test_the_calling_place_is_the_line_outside_the_package")
