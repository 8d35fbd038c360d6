"""Filling a database, and beginning anew."""

from types import SimpleNamespace

import pytest

from segue.db.tools import renewing

pytestmark = pytest.mark.feature("M-189")


@pytest.fixture
def seated(monkeypatch):
    """Somebody sits at the terminal, and answers."""

    def sit(answer):
        monkeypatch.setattr(renewing, "input", lambda _: answer, raising=False)
        stdin = SimpleNamespace(isatty=lambda: True)
        monkeypatch.setattr(renewing, "sys", SimpleNamespace(stdin=stdin))

    return sit


def test_a_reset_deletes_makes_and_fills(folder):
    folder.type("db reset --yes")
    folder.type("db load no.jsonl")
    told = folder.type("db reset --yes")

    assert "made book" in told
    assert "fill: done" in told
    assert folder.type("db dump tag").count("\n") == 1


def test_a_reset_goes_through_the_migrations(folder):
    folder.type("db make")

    assert "applied 0001_" in folder.type("db reset --yes")


def test_a_reset_asks_who_sits_there(folder, seated):
    seated("n")
    refused = folder.type("db reset")
    seated("y")

    assert "SG-DB-155" in refused
    assert "made book" in folder.type("db reset")


def test_a_reset_that_nobody_can_agree_to_is_refused(folder):
    assert "SG-DB-154" in folder.type("db reset")


def test_a_server_without_development_needs_a_yes(folder, seated, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:hidden@127.0.0.1:1/shop")
    seated("y")
    output = folder.type("db reset")

    assert "SG-DB-154" in output
    assert "production" in output
    assert "hidden" not in output


def test_seeds_need_functions_and_tables(folder):
    assert "SG-DB-151" in folder.type("db seed")
    folder.write(
        "from segue import App\nfrom segue.db import Database\n"
        "app = App()\napp.use(Database())\n"
    )
    assert "SG-DB-153" in folder.type("db seed")


def test_a_seed_may_be_async(folder):
    text = (folder.path / "app.py").read_text()
    folder.write(
        text + "\n\n@database.seed\nasync def more(db):\n"
        "    await db.insert(Tag(name='async'))\n"
    )

    assert "more: done" in folder.type("db reset --yes")
    assert "async" in folder.type("db dump tag")
