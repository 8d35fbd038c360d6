"""The rule of the secret key."""

import os
import stat
import subprocess
import sys

import pytest

from segue.core.config.secret import Secret
from segue.core.config.secret_key import development_key, problem_for_production
from segue.core.errors import SettingsError

GOOD = "k3y-abcdefghijklmnopqrstuvwxyz-0123456789"

posix = pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_key_of_development_is_made_once(tmp_path):
    first = development_key(tmp_path)

    assert development_key(str(tmp_path)) == first
    assert len(first.reveal()) == 64


@posix
def test_nobody_else_may_read_the_key(tmp_path):
    development_key(tmp_path)
    path = tmp_path / ".segue" / "secret_key"

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.chmod(0o644)
    development_key(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_key_stays_out_of_version_control(tmp_path):
    development_key(tmp_path)

    assert "*" in (tmp_path / ".segue" / ".gitignore").read_text().splitlines()


def test_an_ignore_file_that_is_there_is_kept(tmp_path):
    (tmp_path / ".segue").mkdir()
    (tmp_path / ".segue" / ".gitignore").write_text("mine")

    development_key(tmp_path)

    assert (tmp_path / ".segue" / ".gitignore").read_text() == "mine"


def test_nothing_but_the_key_and_the_ignore_file_is_left(tmp_path):
    development_key(tmp_path)

    assert names_in(tmp_path / ".segue") == [".gitignore", "secret_key"]


@pytest.mark.feature("M-196")
def test_processes_that_start_together_end_with_one_key(tmp_path):
    code = (
        "import sys; from segue.core.config.secret_key import development_key; "
        "sys.stdin.readline(); print(development_key(sys.argv[1]).reveal())"
    )
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for starter in starters:
        starter.stdin.write("go\n")
        starter.stdin.flush()
    keys = {starter.communicate()[0].strip() for starter in starters}

    assert keys == {development_key(tmp_path).reveal()}


def test_the_second_of_two_writers_takes_the_key_of_the_first(tmp_path, monkeypatch):
    link = os.link

    def late(source, target, **options):
        # The other process is done just before this one gets to its link.
        target_path = tmp_path / ".segue" / "secret_key"
        target_path.write_text(GOOD)
        link(source, target, **options)

    monkeypatch.setattr(os, "link", late)

    assert development_key(tmp_path).reveal() == GOOD


def test_a_file_system_without_links_keeps_a_key_too(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)

    assert development_key(tmp_path) == development_key(tmp_path)
    assert names_in(tmp_path / ".segue") == [".gitignore", "secret_key"]


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 64])
def test_a_file_without_a_key_is_an_error_that_says_what_to_do(tmp_path, content):
    (tmp_path / ".segue").mkdir()
    (tmp_path / ".segue" / "secret_key").write_bytes(content)

    with pytest.raises(SettingsError, match="holds no key") as caught:
        development_key(tmp_path)

    assert "Remove .segue/secret_key" in caught.value.problem.fix


def test_a_key_that_cannot_be_kept_is_an_error(tmp_path):
    (tmp_path / ".segue").write_text("in the way")

    with pytest.raises(SettingsError, match="cannot be kept"):
        development_key(tmp_path)


@pytest.mark.parametrize(
    ("key", "what"),
    [
        (None, "There is no secret key."),
        (Secret(""), "There is no secret key."),
        (Secret("short"), "shorter than 32"),
        (Secret(b"short"), "shorter than 32"),
        (Secret("abc" * 20), "repeats a few characters"),
        (Secret(GOOD + "-change-me"), "looks like a placeholder"),
    ],
)
def test_production_refuses_a_key_that_can_be_guessed(key, what):
    found = problem_for_production(key)

    assert found is not None
    assert found.code == "SG-CONF-007"
    assert what in found.what
    assert found.where == ()


def test_production_refuses_a_key_in_the_code():
    found = problem_for_production(Secret(GOOD), in_code=True, place="app.py:3 Config")

    assert found is not None
    assert "the default in the code" in found.what
    assert found.where == ("app.py:3 Config",)
    assert GOOD not in str(found)


@pytest.mark.parametrize("key", [Secret(GOOD), Secret(os.urandom(64))])
def test_production_takes_a_good_key(key):
    assert problem_for_production(key) is None
