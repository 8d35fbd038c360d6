"""Who sits at the terminal is asked, nobody else."""

import io

from segue.migrations import terminal


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_nobody_is_asked_where_nobody_sits(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))

    assert terminal.asking() is None


def test_one_line_is_the_answer_and_the_end_an_empty_one(monkeypatch):
    monkeypatch.setattr("sys.stdout", Terminal())
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    ask = terminal.asking()

    assert ask("Was it?") == "y"
    assert ask("And this?") == ""
