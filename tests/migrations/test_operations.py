"""Rows that change in a migration."""

import pytest
import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from segue.migrations import commands
from segue.migrations.revisions import History

FILL = """
def forwards(moment):
    book = moment.table("book")
    assert "year" not in book.c
    moment.execute(book.update().values(cents=book.c.cents * 2))
    moment.execute("UPDATE book SET title = :title", {"title": "Persuasion"})


def backwards(moment):
    book = moment.table("book")
    moment.execute(book.update().values(cents=book.c.cents / 2))
"""


@pytest.mark.feature("M-105")
def test_a_data_migration_sees_the_tables_of_its_point_of_history(
    shop, books, later, answers, write
):
    shop.want(books)
    commands.make(shop.config, name="first")
    write(
        shop.folder,
        "0002_rows",
        "0001_first",
        "op.run_python(forwards)",
        "def downgrade():\n    op.run_python(backwards)\n" + FILL,
    )
    shop.want(later)
    commands.make(shop.config, answers)
    commands.migrate(shop.config, "0001")
    shop.execute(
        "INSERT INTO authors(id, name, country) VALUES (1, 'Austen', 'GB')",
        "INSERT INTO book(id, title, cents, author_id) VALUES (1, 'Emma', 900, 1)",
    )
    commands.migrate(shop.config)

    assert shop.rows("SELECT price, title FROM book") == [(1800, "Persuasion")]
    commands.migrate(shop.config, "0001")
    assert shop.rows("SELECT cents FROM book") == [(900,)]


@pytest.mark.feature("M-105")
def test_without_a_downgrade_the_reverse_is_run(small, books, write):
    small.want(books)
    commands.make(small.config, name="first")
    write(
        small.folder,
        "0002_rows",
        "0001_first",
        "op.run_python(forwards, backwards)",
        FILL,
    )
    commands.migrate(small.config, "0001")
    small.execute("INSERT INTO book(id, title, cents, author_id) VALUES (1, 'E', 9, 1)")
    commands.migrate(small.config)

    assert small.rows("SELECT cents FROM book") == [(18,)]
    commands.undo(small.config)
    assert small.rows("SELECT cents FROM book") == [(9,)]


def test_without_either_it_cannot_be_undone(small, write, refused):
    write(
        small.folder,
        "0001",
        None,
        "op.create_table('t', sa.Column('id', sa.Integer))",
        "",
    )
    commands.migrate(small.config)

    assert refused(lambda: commands.undo(small.config)) == "SG-MIG-031"
    assert small.tables() == {"t"}


def test_a_file_that_asks_for_a_connection_is_told_where_to(small, write, refused):
    write(small.folder, "0001", None, "op.get_bind()")

    assert refused(lambda: History(small.folder).state()) == "SG-MIG-012"


def test_a_table_of_another_time_is_not_known(small, books, write, refused):
    small.want(books)
    commands.make(small.config, name="first")
    write(
        small.folder,
        "0002",
        "0001_first",
        "op.run_python(lambda moment: moment.table('boko'))",
    )

    with pytest.raises(Exception, match="Did you mean 'book'") as caught:
        commands.migrate(small.config)
    assert caught.value.problem.code == "SG-MIG-013"


def test_an_empty_migration_is_a_frame_for_rows(small):
    commands.make(small.config, empty=True, name="Fill in years")
    text = (small.folder / "0001_fill_in_years.py").read_text()

    assert "op.run_python(forwards)" in text
    assert commands.migrate(small.config) == "applied 0001_fill_in_years"
    assert commands.undo(small.config) == "undone 0001_fill_in_years"


def test_alembic_alone_runs_the_function_too(tmp_path):
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'x.db'}")
    seen = []
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (id INTEGER)")
        operations = Operations(MigrationContext.configure(connection))
        operations.run_python(lambda moment: seen.append(moment.table("t").c.keys()))

    assert seen == [["id"]]
    engine.dispose()
