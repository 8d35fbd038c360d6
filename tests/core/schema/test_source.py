"""Code that is written at start."""

import traceback

from segue.core.schema.source import Writer, compile_source, identifier


def test_a_writer_indents():
    writer = Writer()
    writer.add("def f():", 0)
    writer.add("return 1")
    writer.depth = 2
    writer.add("pass")

    assert str(writer) == "def f():\n    return 1\n        pass\n"


def test_a_traceback_shows_the_written_line():
    function = compile_source("def f():\n    return 1 / 0\n", "f", "GET /", {})

    try:
        function()
    except ZeroDivisionError:
        told = traceback.format_exc()

    assert "GET />" in told
    assert "return 1 / 0" in told
    assert function.__segue_source__ == "def f():\n    return 1 / 0\n"


def test_any_text_makes_an_identifier():
    texts = ["show", "<lambda>", "größe", "class", "1st", ""]

    assert list(map(identifier, texts)) == [
        "show",
        "_lambda_",
        "gr__e",
        "class_",
        "_1st",
        "_",
    ]
