"""The two forms of a line."""

import json
import logging
import sys

import pytest
from hypothesis import given, strategies as st

from segue.core.config.secret import Secret
from segue.observe.clean import Cleaner
from segue.observe.lines import ACCESS, JSONFormatter, TextFormatter


def record(message="hello", *args, name="shop", level=logging.INFO, **extra):
    # A logger of its own, known to nobody else.
    logger = logging.Logger("maker")  # noqa: LOG001 - see the line above
    exc_info = extra.pop("exc_info", None)
    return logger.makeRecord(
        name, level, "shop.py", 3, message, args, exc_info, extra=extra
    )


def text(entry, *, color=False, secrets=(), context=dict):
    return TextFormatter(Cleaner(secrets), context, color=color).format(entry)


def document(entry, *, secrets=(), context=dict):
    line = JSONFormatter(Cleaner(secrets), context).format(entry)
    assert "\n" not in line
    return json.loads(line)


def caught(error):
    try:
        raise error
    except Exception:
        return sys.exc_info()


def test_a_text_line_has_time_level_logger_message_and_fields():
    line = text(record("paid %d", 12, order=7, note="two words"))

    assert line[29:] == ' INFO     shop paid 12 order=7 note="two words"'
    assert line[4] == line[7] == "-"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("plain", "plain"),
        ("", '""'),
        ("a=b", '"a=b"'),
        ("it's", '"it\'s"'),
        (True, "true"),
        ([1, "a"], '[1,"a"]'),
    ],
)
def test_where_a_value_ends_can_be_seen(value, shown):
    assert text(record(field=value)).endswith(f" field={shown}")


@pytest.mark.feature("M-210")
@given(st.text(), st.text())
def test_a_text_line_is_one_line_whatever_is_logged(message, value):
    line = text(record("%s", message, field=value))

    assert len(line.splitlines()) == 1


@pytest.mark.feature("M-210")
@given(st.text(), st.text(min_size=1))
def test_a_json_line_is_one_object_whatever_is_logged(message, value):
    found = document(record("%s", message, field=value))

    assert found["level"] == "info"
    assert found["logger"] == "shop"
    assert "field" in found


@pytest.mark.feature("M-210")
def test_context_and_extra_fields_are_in_each_json_line():
    found = document(
        record("paid", order={"id": 7}), context=lambda: {"request_id": "ab12"}
    )

    assert found["message"] == "paid"
    assert found["request_id"] == "ab12"
    assert found["order"] == {"id": 7}
    assert found["time"].endswith("Z")


def test_fields_without_a_value_are_left_out():
    assert "client" not in document(record(client=None))


def test_a_field_named_like_one_of_ours_keeps_its_value():
    found = document(record(level_=1, logger="mine", exception="x"))

    assert (found["logger"], found["logger_"], found["exception_"]) == (
        "shop",
        "mine",
        "x",
    )


def test_json_takes_numbers_of_any_size():
    assert document(record(big=10**40, odd=float("nan"))) | {} is not None


@pytest.mark.feature("M-210")
def test_secrets_are_masked_in_message_arguments_fields_and_traceback():
    key = Secret("rosebud-and-more")
    entry = record(
        "key %s rosebud-and-more",
        key,
        password="x",
        held=key,
        exc_info=caught(ValueError("bad rosebud-and-more")),
    )

    for line in (
        text(entry, secrets=[key]),
        json.dumps(document(entry, secrets=[key])),
    ):
        assert "rosebud" not in line
        assert "bad ***" in line


def test_a_wrong_placeholder_does_not_lose_the_line():
    assert "'%d' ('x',)" in text(record("%d", "x"))


def test_a_traceback_follows_its_line_indented():
    lines = text(
        record(exc_info=caught(ValueError("x\n2026-01-01 INFO forged\x1b[2J")))
    )

    first, *rest = lines.split("\n")
    assert first.endswith("shop hello")
    assert all(line.startswith("    ") for line in rest)
    assert rest[-1] == "    2026-01-01 INFO forged\\x1b[2J"


def test_a_traceback_is_in_the_json_line():
    found = document(record(exc_info=caught(ValueError("broken"))))

    assert found["exception"].endswith("ValueError: broken")


def test_a_formatted_traceback_and_a_stack_are_kept():
    entry = record()
    entry.exc_text, entry.stack_info = "Traceback of elsewhere", "Stack here"

    assert text(entry).endswith("\n    Traceback of elsewhere\n    Stack here")


def test_an_empty_exc_info_is_no_traceback():
    assert "\n" not in text(record(exc_info=(None, None, None)))


@pytest.mark.parametrize(
    ("level", "color"),
    [(10, "2"), (20, "32"), (30, "33"), (40, "31"), (50, "31")],
)
def test_a_terminal_gets_the_level_in_its_color(level, color):
    line = text(record(level=level), color=True)

    assert f"\x1b[{color}m{logging.getLevelName(level):<8}\x1b[0m" in line


@pytest.mark.parametrize(
    ("status", "color"), [(200, "32"), (304, "36"), (404, "33"), (500, "31")]
)
def test_a_request_gets_the_color_of_its_status(status, color):
    line = text(record(name=ACCESS, status=status), color=True)

    assert f"\x1b[{color}mINFO" in line


def test_fields_that_a_request_line_tells_are_not_repeated():
    fields = {
        "method": "GET",
        "path": "/",
        "status": 200,
        "milliseconds": 1.5,
        "client": "::1",
    }

    assert text(record("GET / 200", name=ACCESS, **fields)).endswith(
        "GET / 200 client=::1"
    )
    assert document(record("GET / 200", name=ACCESS, **fields))["status"] == 200
