"""The file with the number of the server's process."""

import os
import subprocess
import sys

import pytest

from segue.cli.pidfile import pid_file
from segue.core.errors import CommandError

pytestmark = pytest.mark.feature("M-214")


def test_the_number_is_there_while_the_block_runs(tmp_path):
    path = tmp_path / "a.pid"

    with pid_file(path):
        inside = path.read_text(encoding="ascii")

    assert inside == f"{os.getpid()}\n"
    assert not path.exists()


def test_no_path_is_no_file(tmp_path):
    with pid_file(None):
        assert list(tmp_path.iterdir()) == []


def test_a_running_process_keeps_its_file(tmp_path):
    path = tmp_path / "a.pid"
    path.write_text(f"{os.getppid()}\n", encoding="ascii")

    with pytest.raises(CommandError) as caught, pid_file(path):
        ...

    assert caught.value.problem.code == "SG-RUN-005"
    assert path.exists()


@pytest.mark.parametrize("text", ["", "x", "-1", "0"])
def test_a_file_without_a_number_is_written_anew(tmp_path, text):
    path = tmp_path / "a.pid"
    path.write_text(text, encoding="ascii")

    with pid_file(path):
        assert path.read_text(encoding="ascii") == f"{os.getpid()}\n"


def test_the_file_of_a_dead_process_is_written_anew(tmp_path):
    path = tmp_path / "a.pid"
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    path.write_text(str(process.pid), encoding="ascii")

    with pid_file(path):
        assert path.read_text(encoding="ascii") == f"{os.getpid()}\n"


def test_a_process_of_somebody_else_keeps_its_file(tmp_path, monkeypatch):
    def forbidden(pid, signal):
        raise PermissionError

    monkeypatch.setattr(os, "kill", forbidden)
    path = tmp_path / "a.pid"
    path.write_text("1\n", encoding="ascii")

    with pytest.raises(CommandError, match="SG-RUN-005"), pid_file(path):
        ...


def test_a_file_that_another_process_took_over_is_left_alone(tmp_path):
    path = tmp_path / "a.pid"

    with pid_file(path):
        path.write_text("1\n", encoding="ascii")

    assert path.exists()


def test_a_file_that_cannot_be_written_is_refused(tmp_path):
    with (
        pytest.raises(CommandError, match="cannot be written"),
        pid_file(tmp_path / "none" / "a.pid"),
    ):
        ...
