"""Options of a route: misspelt and misread ones are told where they are written."""

import pytest

from segue import App
from segue.core.errors import PlanError
from segue.core.handlers.options import check_options


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", 99),
        ("status", 600),
        ("status", "201"),
        ("status", True),
        ("status", 200.5),
        ("timeout", 0),
        ("timeout", "5"),
        ("body_limit", -1),
        ("body_limit", 1.5),
        ("inline", 1),
        ("middleware", "logged"),
        ("middleware", ["logged"]),
        ("origins", 3),
        ("origins", [3]),
    ],
)
def test_an_option_that_cannot_be_read_is_refused(name, value):
    with pytest.raises(PlanError) as caught:
        check_options({name: value}, "shop.py:3 show")

    assert caught.value.problem.code == "SG-PLAN-010"
    assert f"{name}={value!r}" in caught.value.problem.what
    assert caught.value.problem.where == ("shop.py:3 show",)


def test_options_that_can_be_read_pass():
    check_options(
        {
            "status": 201,
            "timeout": 0.5,
            "body_limit": None,
            "inline": True,
            "middleware": [len],
            "origins": ("https://example.org",),
        },
        "here",
    )
    check_options({"middleware": len, "origins": "*", "timeout": None}, "here")


def test_an_option_that_is_nearly_a_known_one_is_refused():
    app = App()

    with pytest.raises(PlanError) as caught:
        app.post("/", body_limits=10)(lambda: "x")

    assert caught.value.problem.code == "SG-PLAN-011"
    assert "Did you mean 'body_limit'?" in caught.value.problem.what


def test_an_option_of_somebody_else_passes():
    app = App()
    app.add("/", lambda: "x", tags=["api"], cache="5 minutes")

    assert app.routes[0].options == {"tags": ("api",), "cache": "5 minutes"}
