"""Several names in one field of the query."""

import re
import typing

import msgspec
import pytest

from segue.core.handlers.invalid import Invalid
from segue.resources.choices import check_names, names_hint, split_names


def pattern_of(hint):
    marks = typing.get_args(hint)[1:]
    (meta,) = [mark for mark in marks if isinstance(mark, msgspec.Meta)]
    return re.compile(meta.extra_json_schema["pattern"])


@pytest.mark.parametrize("text", ["", "a", "a,b.c", "b.c,a,a"])
def test_the_document_says_what_is_taken(text):
    names = ("a", "b.c")

    check_names(split_names(text), names, "fields", "to choose")

    assert pattern_of(names_hint(names, "")).search(text)


@pytest.mark.parametrize("text", ["x", "a,x", "bxc", "-a", "a;b.c"])
def test_the_document_says_what_is_not(text):
    names = ("a", "b.c")

    with pytest.raises(Invalid):
        check_names(split_names(text), names, "fields", "to choose")
    assert not pattern_of(names_hint(names, "")).search(text)


def test_a_name_may_have_a_minus_where_that_means_something():
    assert pattern_of(names_hint(("a",), "", signed=True)).search("-a,a")


def test_all_names_fit_however_many_there_are():
    names = [f"a_long_name_of_a_field_{n}" for n in range(100)]
    marks = typing.get_args(names_hint(names, ""))

    limit = next(mark.max_length for mark in marks if hasattr(mark, "max_length"))

    assert limit >= len(",".join(names))
