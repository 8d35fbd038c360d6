"""The databases that the tests of the data layer run on.

SQLite is a file of its own for each test. PostgreSQL and MariaDB are real servers; each
run has a database of its own there, made when first wanted and dropped at the end.
"""

import os
import uuid

import pytest

from segue.db.command import Command
from segue.db.database import Database
from tests.db.shop import db, empty, filled, opened, served, shop, shops

__all__ = ["db", "empty", "filled", "opened", "served", "shop", "shops"]  # fixtures

POSTGRES = os.environ.get(
    "SEGUE_TEST_POSTGRES", "postgresql://postgres@127.0.0.1/postgres"
)
MARIADB = os.environ.get("SEGUE_TEST_MARIADB", "mariadb://root@127.0.0.1/")
SERVERS = (
    pytest.param("postgresql", marks=pytest.mark.service("postgresql")),
    pytest.param("mariadb", marks=pytest.mark.service("mariadb")),
)


def ask(text, *values, **marks):
    """Make the steps of one statement; give its rows."""
    result = yield Command(text, values, **marks)
    return result.rows


def write(text, *values, **marks):
    """Make the steps of one statement that writes; give how many rows it changed."""
    result = yield Command(text, values, writes=True, **marks)
    return result.count


class Site:
    """A database with a table of accounts.

    Attributes:
        url: Where it is.
        mark: What stands for a value in its SQL.
    """

    def __init__(self, kind, url):
        self.kind = kind
        self.url = url
        self.mark = "?" if kind == "sqlite" else "%s"
        self._made = []

    def database(self, **options):
        database = Database(self.url, **options)
        self._made.append(database)
        return database

    def close(self):
        for database in self._made:
            database.close()

    def add(self, name, cents=0):
        marks = f"{self.mark}, {self.mark}"
        return write(f"INSERT INTO account (name, cents) VALUES ({marks})", name, cents)

    def put(self, name, cents):
        text = f"UPDATE account SET cents = {self.mark} WHERE name = {self.mark}"
        return write(text, cents, name)

    def cents(self, name, suffix="", **marks):
        text = f"SELECT cents FROM account WHERE name = {self.mark}{suffix}"
        return ask(text, name, **marks)

    def names(self):
        return ask("SELECT name FROM account ORDER BY name")


TABLES = {
    "sqlite": "id integer PRIMARY KEY",
    "postgresql": "id serial PRIMARY KEY",
    "mariadb": "id integer PRIMARY KEY AUTO_INCREMENT",
}
COLUMNS = (
    "name varchar(40) NOT NULL, cents integer NOT NULL DEFAULT 0, owner integer, "
    "CONSTRAINT account_name UNIQUE (name), "
    "CONSTRAINT account_cents CHECK (cents >= -1000), "
    "CONSTRAINT account_owner FOREIGN KEY (owner) REFERENCES account (id)"
)


def make_tables(site):
    database = Database(site.url)
    db = database.db()
    db.run(write("DROP TABLE IF EXISTS account"))
    db.run(write(f"CREATE TABLE account ({TABLES[site.kind]}, {COLUMNS})"))
    database.close()


@pytest.fixture(scope="session")
def servers():
    """Give the URL of a database on a server, made at its first use."""
    made = {}
    name = f"segue_{uuid.uuid4().hex[:10]}"

    def url(kind):
        if kind not in made:
            base = POSTGRES if kind == "postgresql" else MARIADB
            made[kind] = base
            _maintain(base, f"CREATE DATABASE {name}")
        return made[kind].rpartition("/")[0] + f"/{name}"

    yield url
    for kind, base in made.items():
        force = " WITH (FORCE)" if kind == "postgresql" else ""
        _maintain(base, f"DROP DATABASE {name}{force}")


def _maintain(base, statement):
    if base.startswith("postgres"):
        import psycopg

        with psycopg.connect(base, autocommit=True) as connection:
            connection.execute(statement)
        return
    import pymysql
    from sqlalchemy.engine import make_url

    url = make_url(base)
    connection = pymysql.connect(
        host=url.host,
        port=url.port or 3306,
        user=url.username,
        password=url.password or "",
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


def _site(kind, tmp_path, servers):
    url = f"sqlite:///{tmp_path / 'test.db'}" if kind == "sqlite" else servers(kind)
    site = Site(kind, url)
    make_tables(site)
    return site


@pytest.fixture(params=["sqlite", *SERVERS])
def site(request, tmp_path, servers):
    """Give a database of each kind."""
    site = _site(request.param, tmp_path, servers)
    yield site
    site.close()


@pytest.fixture(params=SERVERS)
def server(request, tmp_path, servers):
    """Give a database on each server."""
    site = _site(request.param, tmp_path, servers)
    yield site
    site.close()


@pytest.fixture
def postgres(tmp_path, servers):
    """Give a database on PostgreSQL."""
    site = _site("postgresql", tmp_path, servers)
    yield site
    site.close()


@pytest.fixture
def file(tmp_path, servers):
    """Give a database in a file."""
    site = _site("sqlite", tmp_path, servers)
    yield site
    site.close()
