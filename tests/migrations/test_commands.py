"""The commands from the first table to the last undo."""

import pytest
import sqlalchemy as sa

from segue.migrations import commands
from segue.migrations.config import Migrations
from segue.migrations.questions import Answers

BOOK = (
    "INSERT INTO authors(id, name, country) VALUES (1, 'Le Guin', 'US')",
    "INSERT INTO book(id, title, cents, author_id) VALUES (1, 'Emma', 900, 1)",
)


@pytest.mark.feature("M-102", "M-103")
def test_two_tables_become_others_and_back_with_their_rows(shop, books, later, answers):
    shop.want(books)
    commands.make(shop.config)
    commands.migrate(shop.config)
    shop.execute(*BOOK)
    shop.want(later)
    commands.make(shop.config, answers)
    done = commands.migrate(shop.config)

    assert done == "applied 0002_rename_author_and_5_more"
    assert shop.rows("SELECT full_name, country FROM author") == [("Le Guin", "US")]
    assert shop.rows("SELECT title, price, author_id, year, state FROM book") == [
        ("Emma", 900, 1, 1999, "out")
    ]
    assert commands.check(shop.config)
    assert commands.drift(shop.config) == "The database is what its migrations say."
    assert commands.undo(shop.config) == "undone 0002_rename_author_and_5_more"
    assert shop.rows("SELECT name FROM authors") == [("Le Guin",)]
    assert shop.rows("SELECT title, cents FROM book") == [("Emma", 900)]
    assert commands.drift(shop.config)
    commands.migrate(shop.config, "zero")
    assert shop.tables() == set()


def test_make_says_what_it_wrote_and_then_that_there_is_nothing(small, books):
    small.want(books)
    said = commands.make(small.config)

    assert said.splitlines() == [
        f"{small.folder / '0001_create_authors_and_1_more.py'}",
        "  create table authors",
        "  create table book",
    ]
    assert commands.make(small.config).startswith("No changes")


def test_a_dry_run_shows_the_file_and_writes_nothing(small, books):
    small.want(books)
    text = commands.make(small.config, dry_run=True)

    assert 'op.create_table(\n        "authors",' in text
    assert not small.folder.exists()


def test_a_plan_and_its_sql_are_shown_and_not_run(small, books):
    small.want(books)
    commands.make(small.config, name="first")

    assert commands.migrate(small.config, plan=True) == "apply 0001_first"
    assert "CREATE TABLE authors" in commands.migrate(small.config, sql=True)
    assert small.tables() == set()


def test_fake_only_writes_down_that_it_is_done(small, books):
    small.want(books)
    commands.make(small.config, name="first")
    said = commands.migrate(small.config, fake=True)

    assert said == "The database is said to be at 0001_first."
    assert small.tables() == set()
    assert commands.migrate(small.config) == "Nothing to do."
    assert commands.migrate(small.config, "zero", fake=True).endswith("zero.")


def test_status_and_history_tell_what_is_applied_and_what_is_missing(small, books):
    small.want(books)

    assert commands.history(small.config).startswith("There are no migrations")
    commands.make(small.config, name="first")
    assert commands.status(small.config).splitlines() == [
        "database   nothing applied",
        "migrations 0001_first",
        "",
        "To apply (segue db migrate):",
        "  0001_first",
    ]
    commands.migrate(small.config)
    commands.make(small.config, empty=True, name="second")
    small.metadata.remove(small.metadata.tables["book"])
    assert commands.history(small.config).splitlines() == [
        "[x] 0001_first",
        "[ ] 0002_second  (end)",
    ]
    assert "  drop table book" in commands.status(small.config)


@pytest.mark.feature("M-102")
def test_check_needs_no_database_and_names_what_has_no_migration(
    books, tmp_path, refused
):
    metadata = sa.MetaData()
    books(metadata)
    config = Migrations(
        target=lambda: metadata,
        url="postgresql://nobody@127.0.0.1:1/nothing",
        folder=tmp_path / "migrations",
    )

    with pytest.raises(Exception, match="create table book") as caught:
        commands.check(config)
    assert caught.value.problem.code == "SG-MIG-050"
    assert "2 changes" in str(caught.value)


def test_drift_names_what_somebody_changed_by_hand(shop, books):
    shop.want(books)
    commands.make(shop.config)
    commands.migrate(shop.config)
    shop.execute("ALTER TABLE book ADD COLUMN extra INTEGER")

    with pytest.raises(Exception, match="extra") as caught:
        commands.drift(shop.config)
    assert caught.value.problem.code == "SG-MIG-051"


def test_undo_has_an_end(small, books):
    small.want(books)
    commands.make(small.config, name="first")
    commands.migrate(small.config)

    assert commands.undo(small.config, plan=True) == "undo 0001_first"
    assert commands.undo(small.config, "0001") == "undone 0001_first"
    assert commands.undo(small.config) == "Nothing is applied."


def test_a_target_goes_forwards_or_back(small, write):
    for number, after in ((1, None), (2, "0001"), (3, "0002")):
        write(
            small.folder,
            f"000{number}",
            after,
            f"op.create_table('t{number}', sa.Column('id', sa.Integer))",
            f"def downgrade():\n    op.drop_table('t{number}')\n",
        )

    commands.migrate(small.config, "0002")
    assert small.tables() == {"t1", "t2"}
    commands.migrate(small.config, "head")
    commands.migrate(small.config, "0001")
    assert small.tables() == {"t1"}
    commands.migrate(small.config)
    commands.undo(small.config, "0002")
    assert small.tables() == {"t1"}


def test_an_unknown_target_names_the_near_one(small, books, refused):
    small.want(books)
    commands.make(small.config, name="first")

    with pytest.raises(Exception, match="Did you mean '0001_first'") as caught:
        commands.migrate(small.config, "0001_frist")
    assert caught.value.problem.code == "SG-MIG-020"


def test_one_who_sits_at_the_terminal_is_asked(small, books, later):
    small.want(books)
    commands.make(small.config)
    small.want(later)
    asked = []

    def ask(question):
        asked.append(question)
        if "SQL" in question:
            return "1999"
        return "y" if "cents" in question or "name" in question else "n"

    commands.make(small.config, Answers(tables={"authors": "author"}, ask=ask))

    assert any("Was book.cents renamed to book.price?" in each for each in asked)
    assert commands.check(small.config)
