"""Restarting on change: what is watched, how it is noticed, what is restarted."""

import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from segue.cli import reload
from segue.cli.reload import is_watched, poll, supervise, watch

pytestmark = pytest.mark.feature("M-202")


@pytest.mark.parametrize(
    ("path", "watched"),
    [
        ("app.py", True),
        ("shop/views.py", True),
        ("segue.toml", True),
        (".env", True),
        (".env.local", True),
        ("./app.py", True),
        ("app.pyc", False),
        ("data.sqlite", False),
        ("page.html", False),
        (".venv/lib/x.py", False),
        (".git/hooks/x.py", False),
        ("shop/__pycache__/x.py", False),
        ("node_modules/x/y.py", False),
        (".segue/x.py", False),
    ],
)
def test_a_change_of_code_or_settings_is_watched(path, watched):
    assert is_watched(Path(path)) == watched


def _changes(watcher, change):
    """Let a change happen after the first look, and return what was noticed."""
    stop = threading.Event()
    found = []
    for changed in watcher(stop, change):
        found.append({path.name for path in changed})
        stop.set()
    return found


def test_polling_notices_new_changed_and_removed_files(tmp_path):
    (tmp_path / "gone.py").write_text("", encoding="utf-8")
    (tmp_path / "same.py").write_text("", encoding="utf-8")
    (tmp_path / "changed.py").write_text("", encoding="utf-8")
    for ignored in (".venv", "env", "node_modules"):
        (tmp_path / ignored).mkdir()
    (tmp_path / "env" / "pyvenv.cfg").touch()
    stop = threading.Event()
    watching = poll([tmp_path], stop, interval=0.01)

    def change():
        (tmp_path / "gone.py").unlink()
        (tmp_path / "new.py").touch()
        (tmp_path / "note.txt").touch()
        (tmp_path / "changed.py").write_text("x", encoding="utf-8")
        for ignored in (".venv", "env", "node_modules"):
            (tmp_path / ignored / "x.py").touch()

    timer = threading.Timer(0.05, change)
    timer.start()
    names = {path.name for path in next(watching)}
    while names != {"gone.py", "new.py", "changed.py"}:
        names |= {path.name for path in next(watching)}
    timer.join()
    stop.set()

    assert list(watching) == []


def test_polling_survives_a_file_that_vanishes(tmp_path, monkeypatch):
    (tmp_path / "a.py").symlink_to(tmp_path / "missing.py")

    assert reload._stamps([tmp_path]) == {}


def _watched_change(tmp_path):
    """Change a file again and again until the watcher has begun to look."""
    stop = threading.Event()
    seen = threading.Event()
    path = tmp_path / "app.py"

    def change():
        count = 0
        while not seen.wait(0.05):
            count += 1
            (tmp_path / "note.txt").write_text(str(count), encoding="utf-8")
            path.write_text(f"x = {count}", encoding="utf-8")

    changer = threading.Thread(target=change)
    changer.start()
    try:
        watching = watch([tmp_path], stop)
        changed = next(watching)
    finally:
        seen.set()
        changer.join()
    stop.set()
    return changed, list(watching)


@pytest.mark.service("watchfiles")
def test_the_events_of_the_system_are_used_when_they_can_be(tmp_path):
    pytest.importorskip("watchfiles")

    changed, _ = _watched_change(tmp_path.resolve())

    assert changed == {tmp_path.resolve() / "app.py"}


def test_files_are_polled_when_they_cannot_be(tmp_path, monkeypatch):
    monkeypatch.setattr(reload, "find_spec", lambda name: None)

    changed, _ = _watched_change(tmp_path)

    assert changed == {tmp_path / "app.py"}


def test_only_what_lies_below_the_folder_decides(tmp_path):
    folder = tmp_path / ".hidden"

    assert is_watched(reload._inside(folder / "app.py", folder))
    assert not is_watched(reload._inside(tmp_path / ".git" / "x.py", tmp_path))
    assert reload._inside(tmp_path / "x.py", folder) == tmp_path / "x.py"


def _counting(tmp_path, code):
    """Build a command that counts its starts and then runs some code."""
    script = tmp_path / "child.py"
    script.write_text(
        "import os, signal, sys, time\n"
        f"log = open({str(tmp_path / 'starts')!r}, 'a')\n"
        "log.write('x'); log.close()\n"
        f"{code}\n",
        encoding="utf-8",
    )
    return [sys.executable, str(script)]


def _starts(tmp_path):
    path = tmp_path / "starts"
    return len(path.read_text(encoding="utf-8")) if path.exists() else 0


def _until(condition):
    while not condition():
        threading.Event().wait(0.01)


def test_a_change_restarts_the_process(tmp_path, capsys):
    command = _counting(tmp_path, "time.sleep(60)")

    def watcher(folders, stop):
        _until(lambda: _starts(tmp_path) == 1)
        yield {Path("b.py"), Path("a.py")}
        _until(lambda: _starts(tmp_path) == 2)

    status = supervise(command, [tmp_path], watcher)

    assert status == 0
    assert capsys.readouterr().out == "  a.py, b.py changed, restarting.\n"


def test_a_process_that_fails_is_started_again_by_a_change(tmp_path, capsys):
    command = _counting(tmp_path, "sys.exit(3)")

    def watcher(folders, stop):
        _until(lambda: "Waiting" in capsys.readouterr().err)
        yield {Path("a.py")}
        _until(lambda: _starts(tmp_path) == 2)

    supervise(command, [tmp_path], watcher)

    assert _starts(tmp_path) == 2


def test_a_process_that_ends_well_ends_everything(tmp_path):
    command = _counting(tmp_path, "")

    def watcher(folders, stop):
        stop.wait()
        yield from ()

    assert supervise(command, [tmp_path], watcher) == 0
    assert _starts(tmp_path) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_everything(tmp_path, number):
    command = _counting(tmp_path, "time.sleep(60)")

    def watcher(folders, stop):
        _until(lambda: _starts(tmp_path) == 1)
        os.kill(os.getpid(), number)
        stop.wait()
        yield from ()

    assert supervise(command, [tmp_path], watcher) == 0


def test_a_process_that_will_not_end_is_killed(tmp_path, monkeypatch):
    monkeypatch.setattr(reload, "_PATIENCE", 0.2)
    ready = tmp_path / "ready"
    command = _counting(
        tmp_path,
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"open({str(ready)!r}, 'w').close()\n"
        "time.sleep(60)",
    )

    def watcher(folders, stop):
        _until(ready.exists)
        yield from ()

    assert supervise(command, [tmp_path], watcher) == 0
