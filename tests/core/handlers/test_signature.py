"""One reading of every kind of callable."""

import functools

import pytest

from segue.core.errors import PlanError
from segue.core.handlers.signature import Parameter, name_of, read_signature
from segue.core.types import UNSET


class Greeter:
    def __call__(self, name: str):
        return name

    async def later(self, name: str):
        return name


class AsyncGreeter:
    async def __call__(self):
        return "x"


def test_parameters_have_names_hints_and_defaults():
    def handler(one, two: int, three: str = "x", *, four: bool = False) -> list[int]:
        pass

    signature = read_signature(handler)

    assert signature.name == "handler"
    assert signature.returns == list[int]
    assert signature.parameters == (
        Parameter("one", UNSET, UNSET, keyword_only=False),
        Parameter("two", int, UNSET, keyword_only=False),
        Parameter("three", str, "x", keyword_only=False),
        Parameter("four", bool, False, keyword_only=True),
    )


def test_the_colour_is_that_of_the_code_that_runs():
    async def later():
        pass

    async def stream():
        yield

    def pieces():
        yield

    def colour(function):
        read = read_signature(function)
        return read.is_async, read.is_generator

    assert colour(lambda: 1) == (False, False)
    assert colour(later) == (True, False)
    assert colour(stream) == (True, True)
    assert colour(pieces) == (False, True)
    assert colour(functools.partial(functools.partial(later))) == (True, False)
    assert colour(Greeter()) == (False, False)
    assert colour(Greeter().later) == (True, False)
    assert colour(AsyncGreeter()) == (True, False)


def test_a_callable_object_is_read_by_its_call():
    signature = read_signature(Greeter())

    assert signature.name == "Greeter"
    assert [p.name for p in signature.parameters] == ["name"]


def test_a_partial_is_called_as_what_it_calls():
    def shout(text, mark):
        pass

    assert name_of(functools.partial(functools.partial(shout, "a"), mark="!")) == (
        "shout"
    )


def test_what_a_partial_binds_is_asked_for_no_more():
    def shout(text, mark, times=1):
        pass

    by_place = functools.partial(shout, "a")
    by_name = functools.partial(functools.partial(shout, times=2), mark="!")

    assert [p.name for p in read_signature(by_place).parameters] == ["mark", "times"]
    assert [p.name for p in read_signature(by_name).parameters] == ["text"]


def test_a_wrapper_that_says_what_it_wraps_is_read_through():
    def shout(text: str):
        pass

    @functools.wraps(shout)
    def wrapper(*args, **kwargs):
        pass

    assert [p.hint for p in read_signature(wrapper).parameters] == [str]


@pytest.mark.parametrize("kind", ["*args", "**kwargs"])
def test_arguments_without_a_name_are_refused(kind):
    namespace = {}
    exec(f"def handler({kind}): pass", namespace)

    with pytest.raises(PlanError) as caught:
        read_signature(namespace["handler"])

    assert caught.value.problem.code == "SG-PLAN-002"
    assert kind in caught.value.problem.what
    assert "functools.wraps" in caught.value.problem.fix


def test_a_callable_without_a_signature_is_refused():
    class Odd:
        __signature__ = "none"

        def __call__(self):
            pass

    with pytest.raises(PlanError, match="SG-PLAN-001"):
        read_signature(Odd())
