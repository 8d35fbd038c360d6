"""SQLite: a table that is written anew keeps what belongs to it."""

import pytest
import sqlalchemy as sa

from segue.migrations import commands
from segue.migrations.questions import Answers


def _wanted(*more, **options):
    def build(metadata):
        table = sa.Table(
            "t",
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("x", sa.String(9), server_default="it's"),
            *more,
            **options,
        )
        sa.Index("ix_low", sa.text("lower(x)"), _table=table)
        sa.Index("ix_part", table.c.x, sqlite_where=sa.text("id > 3"), unique=True)

    return build


def _sql(small, kind):
    return small.rows(f"SELECT name, sql FROM sqlite_master WHERE type = '{kind}'")


@pytest.fixture
def made(small):
    small.want(_wanted(sqlite_autoincrement=True))
    commands.make(small.config, Answers())
    commands.migrate(small.config)
    small.execute(
        "INSERT INTO t (id, x) VALUES (1, 'A'), (9, 'B')",
        "DELETE FROM t WHERE id = 9",
        "CREATE VIEW v AS SELECT x FROM t",
        "CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT 1; END",
    )
    return small


def test_indexes_triggers_views_and_the_counter_are_kept(made):
    indexes = _sql(made, "index")
    made.want(
        _wanted(sa.CheckConstraint("id > 0", name="p"), sqlite_autoincrement=True)
    )
    commands.make(made.config, Answers())
    commands.migrate(made.config)

    assert sorted(_sql(made, "index")) == sorted(indexes)
    assert [name for name, _ in _sql(made, "trigger")] == ["tr"]
    assert made.rows("SELECT x FROM v") == [("A",)]
    made.execute("INSERT INTO t (x) VALUES ('C')")
    assert made.rows("SELECT max(id) FROM t") == [(10,)]
    with pytest.raises(sa.exc.IntegrityError):
        made.execute("INSERT INTO t (id) VALUES (-1)")


def test_a_column_that_sqlite_can_add_does_not_write_the_table_anew(made):
    made.want(_wanted(sa.Column("y", sa.Integer), sqlite_autoincrement=True))
    commands.make(made.config, Answers())

    assert "_segue_new_t" not in commands.migrate(made.config, sql=True)
    commands.migrate(made.config)
    assert commands.drift(made.config)


def test_rows_of_other_tables_stay_when_theirs_is_written_anew(small, books):
    small.want(books)
    commands.make(small.config, Answers())
    commands.migrate(small.config)
    small.execute(
        "INSERT INTO authors(id, name, country) VALUES (1, 'Austen', 'GB')",
        "INSERT INTO book(id, title, cents, author_id) VALUES (1, 'Emma', 900, 1)",
    )
    table = small.metadata.tables["authors"]
    table.append_constraint(sa.CheckConstraint("id > 0", name="p"))
    commands.make(small.config, Answers())
    commands.migrate(small.config)

    assert small.rows("SELECT count(*) FROM book") == [(1,)]


def test_rows_that_would_point_at_nothing_are_refused(small, write, refused):
    write(
        small.folder,
        "0001",
        None,
        "op.create_table('a', sa.Column('id', sa.Integer, primary_key=True))\n"
        "op.create_table('t', sa.Column('a_id', sa.Integer))\n"
        "op.execute('INSERT INTO t VALUES (5)')",
    )
    write(
        small.folder,
        "0002",
        "0001",
        "op.create_foreign_key('fk', 't', 'a', ['a_id'], ['id'])",
    )
    commands.migrate(small.config, "0001")

    with pytest.raises(Exception, match="not there") as caught:
        commands.migrate(small.config)
    assert caught.value.problem.code in {"SG-MIG-030", "SG-MIG-034"}
    assert commands.drift(small.config)


def test_comments_are_no_reason_to_write_anything(small, write):
    write(
        small.folder, "0001", None, "op.create_table('t', sa.Column('id', sa.Integer))"
    )
    write(small.folder, "0002", "0001", "op.create_table_comment('t', 'x')")

    assert "COMMENT" not in commands.migrate(small.config, sql=True)
    assert commands.migrate(small.config).endswith("applied 0002")


def test_generated_columns_are_worked_out_anew(small):
    small.want(_wanted(sa.Column("g", sa.Integer, sa.Computed("id + 1"))))
    commands.make(small.config, Answers())
    commands.migrate(small.config)
    small.execute("INSERT INTO t (id, x) VALUES (1, 'a')")
    small.want(_wanted(sa.Column("g", sa.Integer, sa.Computed("id + 2"))))
    said = commands.make(small.config, Answers())
    commands.migrate(small.config)

    assert "drop column t.g" in said
    assert small.rows("SELECT id, x, g FROM t") == [(1, "a", 3)]
