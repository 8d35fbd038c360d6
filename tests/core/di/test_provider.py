"""Providers: by which type a value is asked for."""

from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Coroutine,
    Generator,
    Iterator,
)
from typing import Annotated, Any

import pytest

from segue.core.di.provider import check_key, key_of_return
from segue.core.errors import PlanError
from segue.core.types import UNSET


class Db: ...


@pytest.mark.parametrize(
    "returns",
    [
        Db,
        Annotated[Db, "marked"],
        Iterator[Db],
        Generator[Db, None, None],
        AsyncIterator[Db],
        AsyncGenerator[Db, None],
        Coroutine[Any, Any, Db],
    ],
    ids=str,
)
def test_the_key_is_what_is_returned_in_the_end(returns):
    assert key_of_return(returns, lambda: None, "here") is Db


def test_a_class_provides_itself():
    assert key_of_return(UNSET, Db, "here") is Db


@pytest.mark.parametrize(
    "key", [UNSET, None, int, str | None, list[int], Iterator[int]]
)
def test_what_nobody_can_ask_for_is_refused(key):
    with pytest.raises(PlanError, match="SG-PLAN-020"):
        key_of_return(key, lambda: None, "here")


def test_a_key_may_be_given():
    check_key(Db, "here")
    with pytest.raises(PlanError, match="A provider of int cannot"):
        check_key(int, "here")
