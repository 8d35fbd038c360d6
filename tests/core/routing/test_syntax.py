"""The syntax of patterns: what cannot be read is an error that teaches."""

import pytest

from segue.core.errors import RouteError
from segue.core.routing.pattern import Pattern


@pytest.mark.parametrize(
    ("text", "what", "fix"),
    [
        ("users", "does not begin with '/'", "'/users'"),
        ("/a//b", "has an empty segment", "Leave out one"),
        ("//", "has an empty segment", "Leave out one"),
        ("/a/../b", "has the segment '..'", "the path that it stands for"),
        ("/./b", "has the segment '.'", "the path that it stands for"),
        ("/a?b=1", "has a query or a fragment", "are the query"),
        ("/a#b", "has a query or a fragment", "are the query"),
        ("/a%20b", "has percent-encoded text", "'a b'"),
        ("/a\0", "control characters", "as it reads"),
        ("/a\ud800", "control characters", "as it reads"),
        ("/<id>", "has '<id>'", "{id}"),
        ("/<int:id>", "has '<int:id>'", "{id:int}"),
        ("/<string:name>", "has '<string:name>'", "{name:str}"),
        ("/<path:rest>", "has '<path:rest>'", "{rest:path}"),
        ("/:id", "has ':id'", "{id}"),
        ("/{int:id}", "swapped", "{id:int}"),
        ("/{id", "has a brace without its partner", "{{"),
        ("/id}", "has a brace without its partner", "{{"),
        ("/{}", "where '' is no name", "{name:converter}"),
        ("/{1a}", "where '1a' is no name", "{name:converter}"),
        ("/{class}", "where 'class' is no name", "{name:converter}"),
        ("/{a.}", "where '' is no name", "{name.field}"),
        ("/{a.b.c}", "where 'b.c' is no name", "{name.field}"),
        ("/{a}{b}", "has nothing between {a} and {b}", "a separator"),
        ("/{a}/{a}", "has two parameters for 'a'", "a name of its own"),
        ("/{a}/{a.b}", "has two parameters for 'a'", "a name of its own"),
        ("/{a.b}/{a}", "has two parameters for 'a'", "a name of its own"),
        ("/{a.b}/{a.b}", "has two parameters for 'a'", "a name of its own"),
        ("/{a:path}/{b:path}", "has two parameters that may contain", "{a:path}"),
        ("/{a:path}-{b:path}", "has two parameters that may contain", "Keep one"),
        ("/{a:re:(}", "which is no regular expression", "Mend"),
        ("/{a:re:}", "could never match", "for one segment"),
        ("/{a:re:x/y}", "could never match", "{name:path}"),
        ("/{a:re:(x)}y", "has groups in an expression", "(?:...)"),
        ("/x{a:re:(?i)a}", "whose expressions clash", "(?i)"),
    ],
)
def test_what_cannot_be_read_says_what_and_how_to_mend_it(text, what, fix):
    with pytest.raises(RouteError) as caught:
        Pattern.parse(text, where=("app.py:3 show",))

    problem = caught.value.problem
    assert problem.code == "SG-ROUTE-001"
    assert what in problem.what
    assert fix in problem.fix
    assert problem.where == ("app.py:3 show",)


def test_an_unknown_converter_is_named_with_the_nearest():
    with pytest.raises(RouteError, match=r"SG-ROUTE-002.*Did you mean 'int'"):
        Pattern.parse("/{id:itn}")


@pytest.mark.feature("M-010")
def test_an_expression_may_have_braces_and_groups_of_its_own():
    pattern = Pattern.parse(r"/{year:re:[0-9]{4}}/{word:re:(a|b)\{?}")

    assert pattern.names == ("year", "word")
    assert [each.converter.name for each in pattern.parameters] == [
        "re:[0-9]{4}",
        r"re:(a|b)\{?",
    ]


def test_double_braces_are_text():
    pattern = Pattern.parse("/a{{b}}/{{{x}}}")

    assert pattern.names == ("x",)
    assert pattern.segments[0].literal == "a{b}"
    assert pattern.segments[1].parts[::2] == ("{", "}")


def test_two_fields_of_one_name_may_stand_in_a_pattern():
    pattern = Pattern.parse("/{book.author}/{book.slug}")

    assert pattern.names_with_fields == (("book", "author"), ("book", "slug"))


@pytest.mark.parametrize("text", ["/v1/users:batch", "/a<b", "/100%", "/.well-known/x"])
def test_text_that_only_looks_like_syntax_is_text(text):
    assert Pattern.parse(text).static
