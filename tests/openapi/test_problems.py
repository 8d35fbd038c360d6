"""The errors that a route can answer with."""

from collections.abc import Iterator
from typing import Annotated

import msgspec
import pytest

from segue import FromBody, FromForm, FromHeader, NotFound
from segue.errors import Conflict, Gone, TooManyRequests, Unauthorized
from segue.openapi import Basic


class Item(msgspec.Struct):
    sku: str


class User: ...


@pytest.fixture
def statuses(app, operation):
    def statuses(function, path="/x", methods=("GET",), **options):
        app.add(path, function, methods=methods, **options)
        made = operation()["responses"]
        return [int(status) for status in made if not status.startswith("2")]

    return statuses


@pytest.mark.feature("M-065")
def test_every_request_may_be_malformed(statuses):
    def f() -> str: ...

    assert statuses(f) == [400]


def test_a_path_with_values_may_lead_nowhere(statuses):
    def f(id: str) -> str: ...

    assert statuses(f, "/{id}") == [400, 404]


def test_a_query_may_not_fit(statuses):
    def f(page: int = 1) -> str: ...

    assert statuses(f) == [400, 422]


def test_text_that_may_be_missing_always_fits(statuses):
    def f(q: str = "", r: Annotated[str | None, FromHeader] = None, s=None) -> str: ...

    assert statuses(f) == [400]


def test_a_body_may_be_too_large_of_no_known_type_or_not_fit(statuses):
    def f(item: Item) -> str: ...

    assert statuses(f, methods=["POST"]) == [400, 411, 413, 415, 422]


def test_a_form_too(statuses):
    def f(name: Annotated[str, FromForm]) -> str: ...

    assert statuses(f, methods=["POST"]) == [400, 411, 413, 415, 422]


def test_raw_bytes_have_any_type(statuses):
    def f(data: Annotated[bytes, FromBody]) -> str: ...

    assert 415 not in statuses(f, methods=["POST"])


def test_guards_refuse(statuses):
    def guard() -> bool: ...

    def f() -> str: ...

    assert statuses(f, allow=guard) == [400, 401, 403]


def test_who_reads_credentials_refuses_strangers(app, statuses):
    @app.provide
    @Basic()
    def user() -> User: ...

    def f(user: User) -> str: ...

    assert statuses(f) == [400, 401]


def test_who_does_without_credentials_refuses_nobody(app, statuses):
    @app.provide
    @Basic()
    def user(tries: int = 0) -> User:
        if tries:
            raise TooManyRequests
        raise Unauthorized

    def f(user: User | None) -> str: ...

    assert statuses(f) == [400, 422, 429]


def test_what_stands_around_may_refuse_too(app, statuses):
    @app.middleware
    def stamp() -> Iterator[None]:
        if not app:
            raise Gone
        yield

    @app.before
    def first():
        raise Conflict

    def f() -> str:
        raise NotFound

    assert statuses(f) == [400, 404, 409, 410]


def test_renderers_and_timeouts_have_their_statuses(statuses):
    def f() -> str: ...

    assert statuses(f, renderers={"text/csv": str}, timeout=3) == [400, 406, 503]
