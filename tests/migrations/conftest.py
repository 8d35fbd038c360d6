"""Databases of each kind, empty, and apps whose tables change."""

import os
import uuid
import warnings
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from segue.core.errors import SegueError
from segue.migrations.config import Migrations
from segue.migrations.questions import Answers

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SERVERS = {
    "postgresql": os.environ.get(
        "SEGUE_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1/postgres"
    ),
    "mariadb": os.environ.get(
        "SEGUE_TEST_MARIADB", "mariadb+pymysql://root@127.0.0.1/test"
    ),
}
KINDS = [
    "sqlite",
    pytest.param("postgresql", marks=pytest.mark.service("postgresql")),
    pytest.param("mariadb", marks=pytest.mark.service("mariadb")),
]


class Server:
    """A place where databases are made and dropped."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind = kind
        self.folder = folder
        self.made: list[str] = []
        if kind != "sqlite":
            self.engine = sa.create_engine(
                SERVERS[kind], isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool
            )

    def database(self) -> str:
        """Make an empty database and give its URL."""
        name = f"segue_migrations_{uuid.uuid4().hex[:12]}"
        if self.kind == "sqlite":
            return f"sqlite:///{self.folder / name}.db"
        with self.engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        self.made.append(name)
        url = sa.make_url(SERVERS[self.kind]).set(database=name)
        return url.render_as_string(hide_password=False)

    def one(self) -> str:
        """Empty a database that was made before, which is faster, or make one."""
        if not self.made:
            return self.database()
        name = self.made[-1]
        url = sa.make_url(SERVERS[self.kind]).set(database=name)
        engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
        with engine.begin() as connection:
            if self.kind == "postgresql":
                connection.exec_driver_sql("DROP SCHEMA public CASCADE")
                connection.exec_driver_sql("CREATE SCHEMA public")
            else:
                connection.exec_driver_sql(f"DROP DATABASE {name}")
                connection.exec_driver_sql(f"CREATE DATABASE {name}")
        return url.render_as_string(hide_password=False)

    def close(self) -> None:
        for name in self.made:
            with self.engine.connect() as connection:
                force = " WITH (FORCE)" if self.kind == "postgresql" else ""
                connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name}{force}")


class Shop:
    """An app whose tables change from one `want` to the next."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self.metadata = sa.MetaData()
        self.config = Migrations(target=lambda: self.metadata, url=url, folder=folder)
        self.engine = sa.create_engine(self.config.address, poolclass=sa.pool.NullPool)

    def want(self, build) -> None:
        """Want the tables that a function puts in a MetaData."""
        self.metadata = sa.MetaData(naming_convention=NAMES)
        build(self.metadata)

    def rows(self, sql: str) -> list[tuple]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(sa.text(sql))]

    def execute(self, *statements: str) -> None:
        with self.engine.begin() as connection:
            for sql in statements:
                connection.execute(sa.text(sql))

    def compared(self) -> list:
        """Compare the database with the models as Alembic does it, without Segue."""
        tables = self.metadata.tables.values()
        unseen = {  # not in MariaDB, and not seen in SQLite
            index.name
            for table in tables
            for index in table.indexes
            if any(not isinstance(part, sa.Column) for part in index.expressions)
        }

        def include(thing, name, kind, reflected, against):
            return name not in {"alembic_version", *unseen}

        options = {"include_object": include}
        options["include_schemas"] = any(table.schema for table in tables)
        with self.engine.connect() as connection, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of indexes that are not seen
            context = MigrationContext.configure(connection, opts=options)
            return compare_metadata(context, self.metadata)

    def tables(self) -> set[str]:
        return set(sa.inspect(self.engine).get_table_names()) - {"alembic_version"}


@pytest.fixture(scope="session", params=KINDS)
def server(request, tmp_path_factory):
    server = Server(request.param, tmp_path_factory.mktemp("databases"))
    yield server
    server.close()


@pytest.fixture
def shop(server, tmp_path):
    """An app on each kind of database."""
    return Shop(server.database(), tmp_path / "migrations")


@pytest.fixture
def small(tmp_path):
    """An app on SQLite."""
    return Shop(f"sqlite:///{tmp_path / 'app.db'}", tmp_path / "migrations")


@pytest.fixture
def books():
    """Two tables that point at each other's rows, as a function of a MetaData."""

    def build(metadata):
        sa.Table(
            "authors",
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("name", sa.String(80), nullable=False),
            sa.Column("country", sa.String(2), nullable=False),
            sa.Column("bio", sa.Text),
        )
        sa.Table(
            "book",
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("title", sa.String(120), nullable=False, index=True),
            sa.Column("cents", sa.Integer, nullable=False),
            sa.Column(
                "author_id",
                sa.ForeignKey("authors.id", ondelete="CASCADE"),
                nullable=False,
            ),
            sa.CheckConstraint("cents >= 0", name="cents_positive"),
        )

    return build


def code_of(work) -> str:
    """Give the code of the error that something is refused with."""
    with pytest.raises(SegueError) as caught:
        work()
    return caught.value.problem.code


@pytest.fixture
def refused():
    return code_of


@pytest.fixture
def write(tmp_path):
    """Write a revision file by hand."""

    def write(folder, revision, after, upgrade, more="def downgrade(): pass\n"):
        folder.mkdir(exist_ok=True)
        body = "\n".join(f"    {line}" for line in upgrade.strip().splitlines())
        path = folder / f"{revision}.py"
        path.write_text(
            "import sqlalchemy as sa\nfrom alembic import op\n"
            f"revision = {revision!r}\ndown_revision = {after!r}\n"
            "branch_labels = depends_on = None\n"
            f"def upgrade():\n{body or '    pass'}\n{more}"
        )
        return path

    return write


@pytest.fixture
def later():
    """The two tables after a change of nearly everything."""

    def build(metadata):
        sa.Table(
            "author",
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("full_name", sa.String(80), nullable=False),
            sa.Column("country", sa.String(2)),
            sa.Column("bio", sa.Text),
        )
        book = sa.Table(
            "book",
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("title", sa.String(200), nullable=False, index=True),
            sa.Column("price", sa.Integer, nullable=False),
            sa.Column(
                "author_id",
                sa.ForeignKey("author.id", ondelete="CASCADE"),
                nullable=False,
            ),
            sa.Column("year", sa.Integer, nullable=False),
            sa.Column(
                "state", sa.Enum("draft", "out", name="state"), server_default="out"
            ),
            sa.CheckConstraint("price > 0", name="cents_positive"),
            sa.UniqueConstraint("title", "author_id"),
        )
        sa.Index(
            "ix_dear",
            book.c.title,
            postgresql_where=book.c.price > 100,
            sqlite_where=book.c.price > 100,
        )
        sa.Table(
            "tag",
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("name", sa.String(40), nullable=False, unique=True),
        )

    return build


@pytest.fixture
def answers():
    """What was renamed between the two, and what old books get."""
    return Answers(
        tables={"authors": "author"},
        columns={("author", "name"): "full_name", ("book", "cents"): "price"},
        values={("book", "year"): "1999"},
    )
