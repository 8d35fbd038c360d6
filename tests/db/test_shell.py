"""The client of a database, started at the right place, its password to itself."""

import pytest

from segue.db.run.address import read_address
from segue.db.shell import open_shell, shell_command
from segue.errors import CommandError


@pytest.fixture(autouse=True)
def found(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}")


def test_each_database_has_its_client(tmp_path):
    file = shell_command(read_address("sqlite:///a.db", tmp_path))
    postgres = shell_command(
        read_address("postgresql://ann:hunter2@db:5433/shop?sslmode=require")
    )
    mariadb = shell_command(read_address("mariadb://ann:hunter2@db:3307/shop"))
    bare = shell_command(read_address("mysql:///shop"))

    assert file.words == ["/bin/sqlite3", str(tmp_path / "a.db")]
    assert postgres.words == [
        "/bin/psql",
        "postgresql://ann@db:5433/shop?sslmode=require",
    ]
    assert postgres.variables == {"PGPASSWORD": "hunter2"}
    assert mariadb.words[1:] == ["--host=db", "--port=3307", "--user=ann", "shop"]
    assert mariadb.variables == {"MYSQL_PWD": "hunter2"}
    assert bare.words[1:] == ["--host=localhost", "shop"]
    assert bare.variables == {}


def test_a_client_that_is_not_there_is_told(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(CommandError, match="SG-DB-108") as caught:
        shell_command(read_address("postgresql://ann:hunter2@db/shop"))

    assert "psql" in caught.value.problem.fix
    assert "hunter2" not in str(caught.value)


def test_it_runs_until_its_user_leaves(monkeypatch, tmp_path):
    (tmp_path / "sqlite3").write_text('#!/bin/sh\ntest -n "$1" && exit 3\n')
    (tmp_path / "sqlite3").chmod(0o755)
    monkeypatch.setattr("shutil.which", lambda name: str(tmp_path / name))

    assert open_shell(read_address("sqlite:///a.db", tmp_path)) == 3
