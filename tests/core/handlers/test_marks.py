"""Free decorators mark functions."""

import pytest

from segue.core.errors import PlanError
from segue.core.handlers import marks
from segue.core.handlers.marks import Mark, marks_of, methods_of


@pytest.mark.parametrize("verb", ["get", "post", "put", "patch", "delete"])
def test_a_verb_marks_its_method(verb):
    @getattr(marks, verb)("/x", status=201)
    def handler():
        pass

    expected = Mark("/x", frozenset({verb.upper()}), {"status": 201})
    assert marks_of(handler) == (expected,)


def test_a_function_may_have_several_marks():
    @marks.route("/a", methods="post")
    @marks.route("/b", methods=None)
    @marks.websocket()
    def handler():
        pass

    found = [(mark.path, mark.methods) for mark in marks_of(handler)]
    assert found == [
        ("", marks_of(handler)[0].methods),
        ("/b", None),
        ("/a", frozenset({"POST"})),
    ]


def test_a_function_without_a_mark_has_none():
    assert marks_of(len) == ()
    assert marks_of(None) == ()


def test_a_mark_without_its_parentheses_is_refused():
    with pytest.raises(PlanError) as caught:

        @marks.get
        def handler():
            pass

    assert caught.value.problem.code == "SG-PLAN-012"
    assert caught.value.problem.where[0].endswith("handler")


def test_methods_are_one_or_several_or_any():
    assert methods_of("post") == {"POST"}
    assert methods_of(["get", "PUT"]) == {"GET", "PUT"}
    assert methods_of(None) is None


def test_a_static_and_a_class_method_may_be_marked_from_above():
    class Pages:
        @marks.get("/a")
        @staticmethod
        def a():
            pass

        @marks.get("/b")
        @classmethod
        def b(cls):
            pass

    assert marks_of(vars(Pages)["a"])[0].path == "/a"
    assert marks_of(vars(Pages)["b"])[0].path == "/b"
