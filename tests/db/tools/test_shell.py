"""The shell of a database."""

import pytest

from segue.core.errors import CommandError
from segue.db.database import Database
from segue.db.tools.shell import command_of, names_of, open_shell


@pytest.fixture
def installed(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}")


def test_the_password_is_no_part_of_the_command(installed):
    postgres = Database("postgresql://ann:s%20e@db.example:5433/shop")
    maria = Database("mariadb://ann:secret@db.example/shop")

    assert command_of(postgres) == (
        ["/bin/psql", "--host=db.example", "--port=5433", "--username=ann", "shop"],
        {"PGPASSWORD": "s e"},
    )
    assert command_of(maria) == (
        ["/bin/mariadb", "--host=db.example", "--user=ann", "shop"],
        {"MYSQL_PWD": "secret"},
    )
    assert command_of(Database("mariadb://db.example/shop"))[1] == {}


def test_sqlite_opens_its_file(installed, tmp_path):
    command, secrets = command_of(Database(f"sqlite:///{tmp_path}/app.db"))

    assert (command, secrets) == (["/bin/sqlite3", f"{tmp_path}/app.db"], {})


def test_a_shell_that_is_not_installed_is_told(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)

    with pytest.raises(CommandError, match="SG-DB-152"):
        command_of(Database("sqlite:///app.db"))


def test_the_end_of_the_shell_is_ours(monkeypatch, tmp_path):
    program = tmp_path / "sqlite3"
    program.write_text("#!/bin/sh\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setattr("shutil.which", lambda name: str(program))
    database = Database("sqlite:///app.db")

    with pytest.raises(SystemExit, match="3"):
        open_shell(database, python=False)
    program.write_text("#!/bin/sh\nexit 0\n")
    open_shell(database, python=False)


def test_python_has_the_models_at_hand(folder, monkeypatch):
    opened = []
    monkeypatch.setattr("code.interact", lambda *a, **given: opened.append(given))
    module = folder.app()
    open_shell(module.database, python=True)

    assert {"db", "Book", "Author", "Tag"} <= names_of(module.database).keys()
    assert opened[0]["local"].keys() == names_of(module.database).keys()
