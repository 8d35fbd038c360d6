"""Comments that cannot be left from inside."""

from hypothesis import given, strategies as st

from segue.clients.comments import comment, notes, plain


def test_one_line_stays_one():
    assert comment(["An order."], "  ") == "  /** An order. */\n"


def test_several_lines_stand_below_each_other():
    assert comment(["One.", "", "Two\nthree.  ", ""]) == (
        "/**\n * One.\n *\n * Two\n * three.\n */\n"
    )


def test_nothing_to_say_is_no_comment():
    assert comment([]) == ""
    assert comment(["", " \n"]) == ""


def test_no_text_ends_its_comment():
    assert comment(["a */ alert(1) /*"]) == "/** a *\\/ alert(1) /* */\n"


def test_every_kind_of_new_line_is_one():
    written = comment(["a\r\nb\rc\u2028d\u2029e\x85f\vg"])

    assert written.count("\n") == 9
    assert not {"\r", "\u2028", "\u2029", "\x85", "\v"} & set(written)


def test_signs_that_are_not_seen_are_left_out():
    assert plain("a\u202eb\x00c\u200bd\ud800e\tf") == "a b c d e f"


@given(st.text(), st.sampled_from(["", "  "]))
def test_a_comment_has_one_end(text, indent):
    written = comment([text], indent)

    assert written.count("*/") == (1 if written else 0)
    assert written == "" or written.endswith(" */\n")
    written.encode()


def test_notes_tell_what_a_type_cannot():
    schema = {
        "description": "When. ",
        "format": "date-time",
        "default": "2026-01-01T00:00:00Z",
        "deprecated": True,
    }

    assert list(notes(schema)) == [
        "When.",
        "@format date-time",
        '@default "2026-01-01T00:00:00Z"',
        "@deprecated",
    ]


def test_bytes_are_noted_as_base64():
    assert list(notes({"contentEncoding": "base64"})) == ["@format base64"]


def test_defaults_that_are_long_or_no_json_are_left_out():
    assert list(notes({"default": "x" * 100})) == []
    assert list(notes({"default": float("inf")})) == []
    assert list(notes({"default": object()})) == []
