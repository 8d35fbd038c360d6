"""A database whose tables were made when the app started."""

import sqlalchemy as sa

from segue.migrations import commands
from segue.migrations.adopting import create_tables
from segue.migrations.questions import Answers


def test_tables_are_made_where_they_are_missing(shop, books):
    shop.want(books)

    assert create_tables(shop.config) == ["authors", "book"]
    assert create_tables(shop.config) == []


def test_the_first_migration_takes_over_what_is_there(shop, books):
    shop.want(books)
    create_tables(shop.config)
    shop.execute("CREATE TABLE of_somebody_else (id INTEGER)")
    said = commands.make(shop.config, Answers())

    assert "0001_start.py  (it is there already: marked as applied)" in said
    assert "0002" not in said
    assert commands.migrate(shop.config) == "Nothing to do."
    assert commands.drift(shop.config)
    assert commands.check(shop.config)
    assert "of_somebody_else" in shop.tables()
    commands.undo(shop.config)
    assert shop.tables() == {"of_somebody_else"}


def test_what_the_app_wants_beyond_it_is_the_second_migration(
    shop, books, later, answers
):
    shop.want(books)
    create_tables(shop.config)
    shop.execute(
        "INSERT INTO authors(id, name, country) VALUES (1, 'Austen', 'GB')",
        "INSERT INTO book(id, title, cents, author_id) VALUES (1, 'Emma', 900, 1)",
    )
    shop.want(later)
    said = commands.make(shop.config, answers)

    assert "rename table authors to author" in said
    assert "change column book.title" in said
    assert commands.migrate(shop.config).startswith("applied 0002")
    assert commands.drift(shop.config)
    assert shop.rows("SELECT title, price, year FROM book") == [("Emma", 900, 1999)]
    commands.undo(shop.config)
    assert shop.rows("SELECT title, cents FROM book") == [("Emma", 900)]


def test_columns_indexes_and_constraints_that_are_there_and_not_wanted_go(shop):
    def build(metadata):
        sa.Table(
            "t",
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("a", sa.Integer),
        )

    shop.want(build)
    shop.execute(
        "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, a BIGINT NOT NULL, "
        "b INTEGER, CONSTRAINT uq_b UNIQUE (b))",
        "CREATE INDEX ix_a ON t (a)",
    )
    said = commands.make(shop.config, Answers())

    assert "drop column t.b" in said
    assert "drop index ix_a of t" in said
    assert "may be null" in said
    commands.migrate(shop.config)
    assert commands.drift(shop.config)


def test_a_database_that_was_migrated_is_not_taken_over(small, books, write):
    small.want(books)
    create_tables(small.config)
    write(small.folder, "0001", None, "pass").rename(small.folder / "0001.txt")
    small.execute(
        "CREATE TABLE alembic_version (version_num VARCHAR(32))",
        "INSERT INTO alembic_version VALUES ('0001')",
    )

    assert "marked as applied" not in commands.make(small.config, Answers())


def test_a_database_of_other_tables_is_not_taken_over(small, books):
    small.execute("CREATE TABLE of_somebody_else (id INTEGER)")
    small.want(books)

    assert "create table book" in commands.make(small.config, Answers())
    assert commands.migrate(small.config).startswith("applied 0001")


def test_a_dry_run_marks_nothing(small, books):
    small.want(books)
    create_tables(small.config)
    commands.make(small.config, Answers(), dry_run=True)

    assert "alembic_version" not in sa.inspect(small.engine).get_table_names()
