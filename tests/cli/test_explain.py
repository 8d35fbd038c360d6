"""`segue explain`."""

import json

import pytest

pytestmark = pytest.mark.feature("M-191")


def test_the_walk_of_a_request_is_told(segue, project):
    project.write("app.py")

    result = segue("explain", "get", "/")

    assert result.exit_code == 0
    assert "home" in result.output


def test_the_walk_is_told_as_json(segue, project):
    project.write("app.py")

    result = segue("explain", "GET", "/", "--header", "Accept: text/html", "--json")

    assert "home" in json.dumps(json.loads(result.output))


def test_a_header_without_a_colon_is_refused(segue, project):
    project.write("app.py")

    for header in ("Accept", ": text/html"):
        result = segue("explain", "GET", "/", "--header", header)

        assert result.exit_code == 2
        assert "is not NAME:VALUE" in result.output


def test_guards_are_asked_when_somebody_wants_it(segue, project):
    project.write("app.py")

    result = segue("explain", "GET", "/", "--ask")

    assert result.exit_code == 0
    assert "permission\n  no guard: everybody may" in result.output
