"""The files that are written run under Alembic alone, too."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from segue.migrations import commands
from segue.migrations.revisions import History, call


def _alembic(shop, *directions):
    """Run revisions as an `env.py` would."""
    history = History(shop.folder)
    with shop.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        for number, direction in directions:
            with connection.begin(), Operations.context(context):
                call(history.get(number), direction)
        with connection.begin():
            return compare_metadata(context, shop.metadata)


@pytest.mark.feature("M-102")
def test_alembic_alone_runs_the_files_forwards_and_back(shop, books, later, answers):
    shop.want(books)
    commands.make(shop.config)
    assert _alembic(shop, ("0001", "upgrade")) == []
    shop.execute(
        "INSERT INTO authors(id, name, country) VALUES (1, 'Austen', 'GB')",
        "INSERT INTO book(id, title, cents, author_id) VALUES (1, 'Emma', 900, 1)",
    )
    shop.want(later)
    if shop.config.address.get_backend_name() == "postgresql":
        shop.execute("CREATE TYPE state AS ENUM ('draft', 'out')")  # it does not
    commands.make(shop.config, answers)

    assert _alembic(shop, ("0002", "upgrade")) == []
    assert shop.rows("SELECT title, price, year FROM book") == [("Emma", 900, 1999)]
    _alembic(shop, ("0002", "downgrade"))
    assert shop.rows("SELECT title, cents FROM book") == [("Emma", 900)]


def test_long_names_and_many_words_break_into_lines(small):
    def build(metadata):
        sa.Table(
            "t",
            metadata,
            sa.Column("id", sa.Integer, primary_key=True, comment="it's"),
            sa.Column("a", sa.Integer, sqlite_on_conflict_unique="FAIL"),
            mysql_engine="InnoDB",
            comment="all",
        )

    small.want(build)
    text = commands.make(small.config, dry_run=True)

    assert 'sa.Column("id", sa.Integer(), nullable=False, comment="it\'s"),' in text
    assert '    mysql_engine="InnoDB",\n' in text
    assert '        comment="all",\n' in text
