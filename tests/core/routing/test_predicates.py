"""Predicates: whether they hold, what they say, and that they are values."""

import pytest

from segue.core.errors import RouteError
from segue.core.routing.predicates import (
    Condition,
    accepts,
    content_type,
    custom,
    flatten,
    header,
    host,
    method,
    query,
    vary,
    weight,
)


def is_lucky(request):
    return request.query.get("n") == "7"


lucky = custom(is_lucky, says="the number is lucky")


@pytest.mark.feature("M-015")
@pytest.mark.parametrize(
    ("predicate", "words", "fits", "misses"),
    [
        (header("X-Api"), "header x-api", {"x_api": ""}, {}),
        (header("X-Api", "2"), "header x-api = 2", {"x_api": "2"}, {"x_api": "3"}),
        (query("a"), "query a", {"target": "/?a="}, {}),
        (query("a", "1"), "query a = 1", {"target": "/?a=1"}, {"target": "/?a=2"}),
        (
            accepts("Text/HTML"),
            "accepts text/html",
            {"accept": "text/*"},
            {"accept": "application/json"},
        ),
        (
            content_type("application/json"),
            "content type application/json",
            {"content_type": "Application/JSON; charset=utf-8"},
            {"content_type": "text/plain"},
        ),
        (
            content_type("image/*"),
            "content type image/*",
            {"content_type": "image/png"},
            {},
        ),
        (
            host("{t}.example.org"),
            "host {t}.example.org",
            {"host": "shop.example.org:80"},
            {},
        ),
        (method("post", "put"), "method POST or PUT", {"method": "PUT"}, {}),
        (lucky, "the number is lucky", {"target": "/?n=7"}, {}),
        (~header("a"), "not header a", {}, {"a": "1"}),
        (
            header("a") & header("b"),
            "header a and header b",
            {"a": "1", "b": "1"},
            {"a": "1"},
        ),
        (header("a") | header("b"), "header a or header b", {"b": "1"}, {}),
        (
            ~(header("a") | header("b")),
            "not header a and not header b",
            {},
            {"b": "1"},
        ),
        (
            ~(header("a") & header("b")),
            "not header a or not header b",
            {"a": "1"},
            {"a": "1", "b": "1"},
        ),
        (
            (header("a") & query("b")) | header("c"),
            "(header a and query b) or header c",
            {"c": "1"},
            {"a": "1"},
        ),
    ],
)
def test_a_predicate_holds_or_not_and_says_itself(ask, predicate, words, fits, misses):
    assert predicate(ask(**fits)) is True
    assert predicate(ask(**misses)) is False
    assert str(predicate) == words


@pytest.mark.feature("M-015")
def test_equal_questions_are_equal():
    pairs = [
        (header("A", "1"), header("a", "1")),
        (accepts("TEXT/html"), accepts("text/html")),
        (method("GET", "post"), method("post", "get")),
        (host("{t}.org"), host("{t}.org")),
        (header("a") & query("b"), query("b") & header("a")),
        (header("a") | query("b"), query("b") | header("a")),
        (
            header("a") | header("b") | header("c"),
            header("a") | (header("b") | header("c")),
        ),
        (~~header("a"), header("a")),
        (custom(is_lucky, says="x"), custom(is_lucky, says="x")),
    ]

    for one, other in pairs:
        assert one == other
        assert hash(one) == hash(other)
    assert header("a") != query("a")


def test_flattening_takes_conjunctions_apart_and_drops_repeats():
    parts = flatten([header("b") & query("a"), header("b"), header("c") | query("d")])

    assert list(map(str, parts)) == ["header b", "header c or query d", "query a"]


def test_predicates_know_the_headers_that_caches_have_to_know():
    asked = [
        header("A") & ~header("b"),
        accepts("text/html") | content_type("text/css"),
        query("q"),
        lambda request: True,
    ]

    assert vary(asked) == {"a", "b", "accept", "content-type"}


@pytest.mark.feature("M-016")
@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        (header("a", "1"), header("a")),
        (query("a", "1"), query("a")),
        (content_type("image/png"), content_type("image/*")),
        (header("a"), header("a") | header("b")),
        (header("a") | header("b"), header("a") | header("b") | header("c")),
        (header("a") & header("b"), header("a")),
        (~header("a"), ~header("a", "1")),
        (~(header("a") | header("b")), ~header("a")),
        (~header("a"), ~(header("a") & header("b"))),
    ],
)
def test_a_narrower_predicate_weighs_more(narrow, wide):
    assert weight([narrow]) > weight([wide])


def test_a_predicate_of_a_stranger_weighs_as_much_as_one_of_ours():
    class Loud:
        def __call__(self, request):
            return "loud" in request.headers

        def __str__(self):
            return "the request is loud"

    assert weight([Loud()]) == weight([accepts("text/html")])
    assert str(header("a") & Loud()) == "header a and the request is loud"
    assert str(~(header("a") | Loud())).count("not ") == 2


def test_a_condition_has_to_say_when_it_holds(ask):
    class Silent(Condition, frozen=True):
        pass

    with pytest.raises(NotImplementedError):
        Silent()(ask())


def test_a_malformed_host_is_an_error_at_once():
    with pytest.raises(RouteError, match="SG-ROUTE-001"):
        host("https://example.org")
