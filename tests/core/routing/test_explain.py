"""Explanations: a match and a miss in words."""

import pytest

from segue.core.routing.predicates import accepts, custom, header


def told(table, address, request, host="example.org", **more):
    method, path = address.split(" ")
    return [
        (each.route.target, each.reason)
        for each in table.explain(method, path, host, request, **more)
    ]


def after(winner, why):
    return f"fits, but comes after {winner}, {why}"


@pytest.mark.feature("M-018")
def test_a_match_says_which_route_answers_and_why_others_come_after(table, route, ask):
    made = table(
        "GET /{rest:path}",
        "GET /books/{slug}",
        "GET /books/{id:int}",
        "/books/{id:int}",
        route("GET /books/{n:int}", "narrow", when=header("a")),
        "GET {t}.org/books/{id:int}",
        "GET example.org/{rest:path}/7",
        "GET /{rest:path}/{last}",
    )

    candidates = made.explain("GET", "/books/7", "h.net", ask(a="1"))

    assert [each.matched for each in candidates] == [True] + [False] * 7
    assert [each.rank for each in candidates] == list(range(8))
    assert str(candidates[0]) == "GET /books/{n:int} when header a: answers"
    assert told(made, "GET /books/7", ask(), "h.net") == [
        ("GET /books/{id:int}", "answers"),
        (
            "/books/{id:int}",
            after("GET /books/{id:int}", "which is meant for the method more closely"),
        ),
        (
            "GET /books/{slug}",
            after("GET /books/{id:int}", "where {id:int} is more specific than {slug}"),
        ),
        (
            "GET /{rest:path}/{last}",
            after(
                "GET /books/{id:int}", "where books is more specific than {rest:path}"
            ),
        ),
        (
            "GET /{rest:path}",
            after(
                "GET /books/{id:int}", "where books is more specific than {rest:path}"
            ),
        ),
        ("narrow", "'header a' does not hold"),
        ("GET {t}.org/books/{id:int}", "is not bound to 'h.net'"),
        ("GET example.org/{rest:path}/7", "is not bound to 'h.net'"),
    ]


@pytest.mark.feature("M-018")
def test_a_host_and_a_span_explain_themselves(table, ask):
    made = table(
        "GET /a/b", "GET example.org/{rest:path}", "GET example.org/{rest:path}/{x}"
    )

    assert told(made, "GET /a/b", ask()) == [
        ("GET example.org/{rest:path}/{x}", "answers"),
        (
            "GET /a/b",
            after(
                "GET example.org/{rest:path}/{x}",
                "which is bound to the host more closely",
            ),
        ),
        (
            "GET example.org/{rest:path}",
            after(
                "GET example.org/{rest:path}/{x}",
                "which has more segments behind its span",
            ),
        ),
    ]


@pytest.mark.feature("M-018")
def test_conditions_explain_which_of_two_comes_first(table, route, ask):
    made = table(
        route("GET /x", "html", when=accepts("text/html")),
        route("GET /x", "json", when=accepts("application/json")),
        route("GET /x", "plain"),
    )

    assert told(made, "GET /x", ask(accept="text/html, */*;q=0.1")) == [
        ("html", "answers"),
        (
            "json",
            after(
                "GET /x when accepts text/html",
                "which the client prefers, or which is its duplicate",
            ),
        ),
        (
            "plain",
            after("GET /x when accepts text/html", "whose conditions are narrower"),
        ),
    ]


@pytest.mark.feature("M-018")
@pytest.mark.parametrize(
    ("pattern", "path", "reason"),
    [
        ("GET /users", "/user", "segment 1 is 'user', not 'users'"),
        ("GET /u/{id:int}", "/u/x", "segment 2 is 'x', which is not a whole number"),
        ("GET /u/{id:int}", "/u/1/2", "the path has 3 segments, the pattern 2"),
        ("GET /u/{id:int}/p", "/u", "the path has 1 segment, the pattern 3"),
        ("GET /u/{id}/p", "/u//p", "segment 2 is empty, where {id} is asked for"),
        (
            "GET /u/v{n:int}",
            "/u/x",
            "segment 2 is 'x', which has not the form of v{n:int}",
        ),
        ("GET /u/", "/u/x", "segment 2 is 'x', not the end after a slash"),
        ("POST /u", "/u", "answers POST, not 'GET'"),
        ("GET /u/", "/u", "fits '/u/', with the other slash"),
        ("GET /f/{r:path}/x", "/f/a/b/y", "segment 3 is 'y', not 'x'"),
        (
            "GET /f/{r:path}",
            "/f//x",
            "segment 2 is '/x', which is not text that may have '/'",
        ),
        ("GET /{x}", "/..", "'/..' is no path that leads anywhere"),
        ("GET /{x}", "*", "'*' is no path that leads anywhere"),
        ("GET /a", "/\r\nb", "segment 1 is '\\r\\nb', not 'a'"),
    ],
)
def test_a_miss_says_what_does_not_fit(table, ask, pattern, path, reason):
    (candidate,) = table(pattern).explain("GET", path, "h", ask())

    assert not candidate.matched
    assert candidate.reason == reason


@pytest.mark.feature("M-018")
def test_the_nearest_routes_come_first_and_only_some(table, ask):
    made = table("GET /x/y/z", "GET /a/b/{n:int}", "POST /a/b/c", "GET /a/x/c")

    assert [target for target, _ in told(made, "GET /a/b/c", ask(), limit=3)] == [
        "POST /a/b/c",
        "GET /a/b/{n:int}",
        "GET /a/x/c",
    ]


def test_a_strict_table_says_where_the_path_ends(table, ask):
    made = table("GET /u/", slashes="strict")

    assert told(made, "GET /u", ask()) == [
        ("GET /u/", "the path has 1 segment, the pattern 2")
    ]


def test_a_condition_that_changes_its_mind_is_told(table, route, ask):
    answers = iter([False, True])
    fickle = custom(lambda request: next(answers), says="it depends")

    assert told(table(route("GET /x", "x", when=fickle)), "GET /x", ask()) == [
        ("x", "fits now: one of its conditions depends on more than the request")
    ]
