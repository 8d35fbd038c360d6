"""Where a client goes."""

import pytest

from segue.clients.delivery import deliver
from segue.core.errors import CommandError


@pytest.fixture
def place(tmp_path):
    return tmp_path / "api.ts"


def test_a_client_is_printed(capsys):
    deliver("text\n")

    assert capsys.readouterr().out == "text\n"


@pytest.mark.feature("M-066")
def test_a_client_is_written_to_a_file(place):
    deliver("é\n", out=str(place))

    assert place.read_bytes() == "é\n".encode()


def test_a_file_that_is_the_same_is_not_touched(place):
    deliver("text\n", out=str(place))
    before = place.stat().st_mtime_ns
    deliver("text\n", out=str(place))

    assert place.stat().st_mtime_ns == before


def test_a_file_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(CommandError) as caught:
        deliver("text\n", out=str(tmp_path / "none" / "api.ts"))

    assert caught.value.problem.code == "SG-CLIENT-004"


def test_a_file_that_is_the_client_passes(place, capsys):
    deliver("text\n", out=str(place))
    deliver("text\n", check=str(place))

    assert capsys.readouterr().out == ""


def test_new_lines_of_windows_make_no_difference(place):
    place.write_bytes(b"a\r\nb\r\n")

    deliver("a\nb\n", check=str(place))


def test_what_differs_is_shown(place, capsys):
    place.write_text("a\nb\nc\n", encoding="utf-8")

    with pytest.raises(CommandError) as caught:
        deliver("a\nB\nc\n", check=str(place))

    assert caught.value.problem.code == "SG-CLIENT-006"
    printed = capsys.readouterr().out
    assert f"--- {place}\n+++ the app\n" in printed
    assert "\n-b\n+B\n" in printed


def test_only_so_much_is_shown(place, capsys):
    place.write_text("", encoding="utf-8")

    with pytest.raises(CommandError):
        deliver("x\n" * 1000, check=str(place))

    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 201
    assert printed[-1] == "... and 803 lines more"


@pytest.mark.parametrize("content", [None, b"\xff"])
def test_a_file_that_cannot_be_read_is_told(place, content):
    if content is not None:
        place.write_bytes(content)

    with pytest.raises(CommandError) as caught:
        deliver("text\n", check=str(place))

    assert caught.value.problem.code == "SG-CLIENT-005"
