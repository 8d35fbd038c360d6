"""Setting logging up."""

import io
import json
import logging
import sys
import threading

import pytest

from segue.core.config.secret import Secret
from segue.core.errors import SettingsError
from segue.observe import bound, setup


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def logger():
    return logging.Logger("root of a test")  # noqa: LOG001 - known to nobody else


def logged(logger, *, stream=None, environ=None, **options):
    """Set up `logger`, log one line and return what was written."""
    stream = stream or io.StringIO()
    setup(stream=stream, environ=environ or {}, logger=logger, **options)
    logger.info("hello")
    return stream.getvalue()


def test_text_is_the_default(logger):
    assert logged(logger).endswith("root of a test hello\n")


@pytest.mark.feature("M-210")
def test_json_lines_are_written_when_told(logger):
    assert json.loads(logged(logger, format="json"))["message"] == "hello"


@pytest.mark.feature("M-210")
def test_the_environment_can_tell_it_too(logger):
    assert json.loads(logged(logger, environ={"SEGUE_LOG": "JSON"}))["level"] == "info"


def test_an_argument_counts_more_than_the_environment(logger):
    assert logged(logger, format="text", environ={"SEGUE_LOG": "json"})[0] != "{"


def test_a_second_set_up_changes_the_first_and_adds_nothing(logger):
    logged(logger)

    second = logged(logger, format="json", level="debug")

    assert len(logger.handlers) == 1
    assert second.count("\n") == 1
    assert logger.level == logging.DEBUG


def test_handlers_of_the_app_stay_alone(logger):
    own = logging.NullHandler()
    logger.addHandler(own)
    logger.setLevel("ERROR")

    setup(logger=logger, environ={})

    assert logger.handlers == [own]
    assert logger.level == logging.ERROR


def test_handlers_added_later_stay_too(logger):
    logged(logger)
    own = logging.NullHandler()
    logger.addHandler(own)

    setup(logger=logger, environ={})

    assert own in logger.handlers
    assert len(logger.handlers) == 2


@pytest.mark.parametrize(
    ("level", "number"), [("warning", 30), ("ERROR", 40), ("15", 15), (25, 25)]
)
def test_levels_are_names_or_numbers(logger, level, number):
    setup(level, logger=logger, environ={}, stream=io.StringIO())

    assert logger.level == number


def test_the_environment_gives_the_level(logger):
    setup(logger=logger, environ={"SEGUE_LOG_LEVEL": "error"}, stream=io.StringIO())

    assert logger.level == logging.ERROR


def test_an_unknown_level_says_which_there_are(logger):
    with pytest.raises(SettingsError, match="Did you mean 'debug'") as caught:
        setup("debgu", logger=logger, environ={})

    assert caught.value.problem.code == "SG-CONF-020"


def test_an_unknown_format_says_where_it_came_from(logger):
    with pytest.raises(SettingsError, match="environment SEGUE_LOG"):
        setup(logger=logger, environ={"SEGUE_LOG": "xml"})


@pytest.mark.parametrize(
    ("stream", "environ", "colored"),
    [
        (Terminal, {}, True),
        (Terminal, {"NO_COLOR": "1"}, False),
        (Terminal, {"TERM": "dumb"}, False),
        (io.StringIO, {}, False),
        (io.StringIO, {"FORCE_COLOR": "1"}, True),
    ],
)
def test_a_terminal_gets_color_unless_told_otherwise(logger, stream, environ, colored):
    assert ("\x1b" in logged(logger, stream=stream(), environ=environ)) is colored


def test_a_stream_that_cannot_write_a_character_gets_it_escaped(logger):
    raw = io.BytesIO()
    setup(logger=logger, environ={}, stream=io.TextIOWrapper(raw, encoding="ascii"))

    logger.info("Grüße")

    assert raw.getvalue().endswith(b"Gr\\xfc\\xdfe\n")


def test_standard_error_is_the_default_stream(logger, capsys):
    setup(logger=logger, environ={})

    logger.info("seen")

    assert "seen" in capsys.readouterr().err


def test_the_environment_of_the_process_is_the_default(logger, monkeypatch):
    monkeypatch.setenv("SEGUE_LOG_LEVEL", "critical")

    setup(logger=logger, stream=io.StringIO())

    assert logger.level == logging.CRITICAL


def test_the_root_logger_is_the_default(monkeypatch):
    root, stream = logging.getLogger(), io.StringIO()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", root.level)

    setup(stream=stream, environ={})
    logging.getLogger("segue.test.root").warning("through the root")

    assert "through the root" in stream.getvalue()


@pytest.mark.feature("M-210")
def test_bound_fields_are_in_every_line_of_the_block(logger):
    stream = io.StringIO()
    setup(logger=logger, format="json", stream=stream, environ={})

    with bound(order=7):
        with bound(user="ada"):
            logger.info("inner")
        logger.info("outer")
    logger.info("after")

    inner, outer, after = map(json.loads, stream.getvalue().splitlines())
    assert (inner["order"], inner["user"]) == (7, "ada")
    assert outer["order"] == 7
    assert "user" not in outer
    assert "order" not in after


def test_bound_fields_do_not_reach_other_threads(logger):
    stream = io.StringIO()
    setup(logger=logger, stream=stream, environ={})

    with bound(order=7):
        thread = threading.Thread(target=logger.info, args=("elsewhere",))
        thread.start()
        thread.join()

    if not getattr(sys.flags, "thread_inherit_context", 0):
        assert "order" not in stream.getvalue()


@pytest.mark.feature("M-210")
def test_the_request_id_comes_from_the_context_that_was_given(logger):
    line = logged(logger, format="json", context=lambda: {"request_id": "ab12"})

    assert json.loads(line)["request_id"] == "ab12"


def test_secrets_that_were_given_are_masked(logger):
    stream = io.StringIO()
    setup(logger=logger, stream=stream, environ={}, secrets=[Secret("rosebud")])

    logger.info("the word is rosebud")

    assert stream.getvalue().endswith("the word is ***\n")
