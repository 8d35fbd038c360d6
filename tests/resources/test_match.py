"""What a client says it has seen."""

import pytest

from segue import App
from segue.errors import PreconditionFailed
from segue.resources import Match, PreconditionRequired
from segue.testing import Client


@pytest.mark.parametrize(
    ("if_match", "if_none_match", "etag", "passes"),
    [
        (None, None, "a", True),
        (None, None, None, True),
        ('"a"', None, "a", True),
        ('W/"a"', None, "a", True),
        ('"b", "a"', None, "a", True),
        ("*", None, "a", True),
        ('"b"', None, "a", False),
        ("a", None, "a", False),
        ("*", None, None, False),
        ('"a"', None, None, False),
        (None, "*", None, True),
        (None, "*", "a", False),
        (None, '"a"', "a", False),
        (None, '"b"', "a", True),
    ],
)
def test_a_change_goes_on_from_the_state_that_was_seen(
    if_match, if_none_match, etag, passes
):
    match = Match(if_match, if_none_match)

    if passes:
        match.check(etag)
    else:
        with pytest.raises(PreconditionFailed):
            match.check(etag)


def test_a_state_may_be_demanded():
    Match(if_match="*").demand()

    with pytest.raises(PreconditionRequired) as caught:
        Match().demand()

    assert caught.value.document()["title"] == "Precondition Required"


def test_several_lines_of_a_header_are_one_list():
    app = App()

    @app.put("/")
    def change(match: Match) -> str:
        match.check("b")
        return str(match.if_match)

    with Client(app) as client:
        headers = [("if-match", '"a"'), ("if-match", '"b"')]
        joined = client.put("/", headers=headers).text
        assert joined.replace(" ", "") == '"a","b"'
        assert client.put("/").text == "None"
