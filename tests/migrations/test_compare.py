"""Pairs of states, on every database, forwards and back with rows in the tables."""

import enum

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.types import TypeDecorator

from segue.migrations import commands
from segue.migrations.describe import describe
from segue.migrations.live import live_differences
from segue.migrations.questions import Answers

PAIRS = {}
ID = {"primary_key": True}


class State(enum.Enum):
    DRAFT = "d"
    OUT = "o"


class Cents(TypeDecorator):
    """Text in SQLite, which has no decimals."""

    impl = sa.Numeric(10, 2)
    cache_ok = True

    def load_dialect_impl(self, dialect):
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.String(20))
        return dialect.type_descriptor(self.impl)


def pair(*kinds, rows=(), **answers):
    """Register a pair: a function of a MetaData and of whether it is the second."""

    def register(build):
        PAIRS[build.__name__] = (build, kinds, rows, answers)
        return build

    return register


@pair(rows=["INSERT INTO t (id, x) VALUES (1, 'draft')"])
def values_are_added_to_an_enum(metadata, second):
    values = ["new", "draft", "out", "old"] if second else ["draft", "out"]
    sa.Table(
        "t",
        metadata,
        sa.Column("id", sa.Integer, **ID),
        sa.Column("x", sa.Enum(*values, name="state"), nullable=False),
    )


@pair(
    rows=["INSERT INTO t (id, x) VALUES (1, 'out')", "INSERT INTO u VALUES (1, 'out')"]
)
def values_go_from_an_enum_that_two_tables_share(metadata, second):
    values = ["out", "sold"] if second else ["draft", "out"]
    for name in "tu":
        sa.Table(
            name,
            metadata,
            sa.Column("id", sa.Integer, **ID),
            sa.Column("x", sa.Enum(*values, name="state"), server_default="out"),
        )


@pair(rows=["INSERT INTO t (id, x) VALUES (1, 'a')"])
def text_becomes_an_enum_and_the_default_a_value_of_it(metadata, second):
    made = sa.Enum("a", "b", name="letter") if second else sa.String(10)
    more = [] if second else [sa.Column("y", sa.Enum("p", "q", name="other"))]
    sa.Table(
        "t",
        metadata,
        sa.Column("id", sa.Integer, **ID),
        sa.Column("x", made, nullable=False),
        *more,
    )


@pair(rows=["INSERT INTO t (id, x) VALUES (1, 'DRAFT')"])
def an_enum_of_python_with_a_check_of_its_own(metadata, second):
    made = sa.Enum(
        State, native_enum=False, length=20, create_constraint=True, name="state_ok"
    )
    sa.Table(
        "t",
        metadata,
        sa.Column("id", sa.Integer, **ID),
        sa.Column("x", made if second else sa.String(20)),
    )


@pair(rows=["INSERT INTO t (id, x) VALUES (1, '12')"])
def text_becomes_a_number(metadata, second):
    sa.Table(
        "t",
        metadata,
        sa.Column("id", sa.Integer, **ID),
        sa.Column("x", sa.Integer if second else sa.String(20), nullable=False),
    )


@pair(rows=["INSERT INTO a (id) VALUES (1)", "INSERT INTO t (id, a_id) VALUES (1, 1)"])
def a_key_and_what_points_at_it_become_larger(metadata, second):
    made = sa.BigInteger if second else sa.Integer
    sa.Table("a", metadata, sa.Column("id", made, autoincrement=False, **ID))
    sa.Table(
        "t",
        metadata,
        sa.Column("id", sa.Integer, **ID),
        sa.Column("a_id", made, sa.ForeignKey("a.id", onupdate="CASCADE")),
    )


@pair(rows=["INSERT INTO t (a, b) VALUES (1, 2)"])
def the_primary_key_gets_another_column(metadata, second):
    sa.Table(
        "t",
        metadata,
        sa.Column("a", sa.Integer, autoincrement=False, **ID),
        sa.Column("b", sa.Integer, nullable=False, primary_key=second),
    )


@pair(rows=["INSERT INTO t (id, cents) VALUES (1, 5)"])
def a_generated_column_changes(metadata, second):
    words = "cents * 3" if second else "cents * 2"
    sa.Table(
        "t",
        metadata,
        sa.Column("id", sa.Integer, **ID),
        sa.Column("cents", sa.Integer),
        sa.Column("twice", sa.Integer, sa.Computed(words, persisted=True)),
        sa.Column("more", sa.Integer, sa.Computed("cents + 1", persisted=True))
        if second
        else sa.Column("other", sa.Integer),
        sa.Index("ix_twice", "twice"),
    )


@pair(
    rows=["INSERT INTO t (id, cents) VALUES (1, 5)"],
    columns={("t", "cents"): "price"},
)
def a_column_that_others_are_made_of_is_renamed(metadata, second):
    name = "price" if second else "cents"
    sa.Table(
        "t",
        metadata,
        sa.Column("id", sa.Integer, **ID),
        sa.Column(name, sa.Integer, nullable=False),
        sa.Column("twice", sa.Integer, sa.Computed(f"{name} * 2", persisted=True)),
        sa.CheckConstraint(f"{name} > 0", name="positive"),
        sa.Index("ix_it", name),
    )


@pair()
def tables_that_point_at_each_other_come_and_go(metadata, second):
    one, two = ("a", "b") if second else ("c", "d")
    for name, other in ((one, two), (two, one)):
        sa.Table(
            name,
            metadata,
            sa.Column("id", sa.Integer, **ID),
            sa.Column("text", sa.String(9) if second else sa.Integer),
            sa.Column("extra", sa.Date if second else sa.Integer),
            sa.Column("it", sa.Integer, sa.ForeignKey(f"{other}.id")),
            sa.Column("self_id", sa.Integer, sa.ForeignKey(f"{name}.id")),
        )


@pair(
    rows=[
        "INSERT INTO t (id) VALUES (1)",
        "INSERT INTO u (id, t_id) VALUES (1, 1)",
    ],
    tables={"t": "tt"},
)
def a_table_is_renamed_that_others_and_itself_point_at(metadata, second):
    name = "tt" if second else "t"
    sa.Table(
        name,
        metadata,
        sa.Column("id", sa.Integer, **ID),
        sa.Column("top", sa.Integer, sa.ForeignKey(f"{name}.id")),
    )
    sa.Table(
        "u",
        metadata,
        sa.Column("id", sa.Integer, **ID),
        sa.Column("t_id", sa.Integer, sa.ForeignKey(f"{name}.id"), nullable=False),
    )


@pair(
    rows=["INSERT INTO t (id, name) VALUES (1, '10:30 o''clock')"],
    values={("t", "order"): "'it''s 5:a'"},
)
def words_that_must_be_quoted(metadata, second):
    more = [
        sa.Column("order", sa.String(30), nullable=False),
        sa.Column("Mixed Case", sa.String(9), server_default="50% :x's"),
        sa.CheckConstraint("name <> '10%: :a :ok:'", name="percent"),
        sa.CheckConstraint("\"order\" <> ''", name="ordered"),
    ]
    sa.Table(
        "t",
        metadata,
        sa.Column("id", sa.Integer, **ID),
        sa.Column("name", sa.String(30), server_default='"it\'s"'),
        *(more if second else []),
        comment='what\'s "it" %s :a' if second else None,
    )


@pair(rows=["INSERT INTO t (id) VALUES (1)"])
def defaults_of_the_server(metadata, second):
    sa.Table(
        "t",
        metadata,
        sa.Column("id", sa.Integer, **ID),
        sa.Column("a", sa.Integer, server_default=sa.text("7") if second else "5"),
        sa.Column("b", sa.DateTime, server_default=sa.func.now() if second else None),
        sa.Column("c", sa.String(9), server_default=None if second else "c"),
        sa.Column("d", sa.Integer, nullable=second, server_default="1"),
    )


@pair(rows=["INSERT INTO t (id, x) VALUES (1, NULL)"], values={("t", "x"): "'none'"})
def a_column_must_have_a_value_and_rows_have_none(metadata, second):
    sa.Table(
        "t",
        metadata,
        sa.Column("id", sa.Integer, **ID),
        sa.Column("x", sa.String(9), nullable=not second),
        sa.Column("y", sa.Integer, nullable=second, server_default=None)
        if second
        else sa.Column("z", sa.Integer),
    )


@pair(rows=["INSERT INTO t (id, a) VALUES (1, 2)"])
def what_must_have_a_value_goes_and_comes_back(metadata, second):
    kinds = [
        sa.Integer(),
        sa.Boolean(),
        sa.Numeric(5, 2),
        sa.DateTime(),
        sa.Date(),
        sa.Time(),
        sa.String(5),
        sa.Uuid(),
        sa.Enum("m", "n", name="mn"),
        sa.Float(),
    ]
    more = [
        sa.Column(f"c{i}", kind, nullable=False, server_default=None)
        for i, kind in enumerate(kinds)
    ]
    extra = [] if second or not metadata.info.get("all") else more
    sa.Table(
        "t",
        metadata,
        sa.Column("id", sa.Integer, **ID),
        sa.Column("a", sa.Integer),
        *extra,
    )
    if not second:
        sa.Table("full", metadata, sa.Column("id", sa.Integer, **ID), *more)


@pair()
def types_of_the_app_and_of_dialects(metadata, second):
    variant = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    text = sa.String(40).with_variant(mysql.VARCHAR(40), "mysql", "mariadb")
    sa.Table(
        "t",
        metadata,
        sa.Column("id", sa.Integer, **ID),
        sa.Column("price", Cents()),
        *(
            [
                sa.Column("data", variant),
                sa.Column("text", text),
                sa.Column("span", sa.Interval()),
                sa.Column("raw", sa.LargeBinary()),
            ]
            if second
            else []
        ),
    )


@pair()
def indexes_of_all_kinds(metadata, second):
    table = sa.Table(
        "t",
        metadata,
        sa.Column("id", sa.Integer, **ID),
        sa.Column("a", sa.String(20)),
        sa.Column("b", sa.Integer),
    )
    if second:
        sa.Index("ix_low", sa.func.lower(table.c.a))
        sa.Index("ix_a", table.c.a, table.c.b, unique=True)
        where = table.c.b > 3
        sa.Index("ix_some", table.c.b, sqlite_where=where, postgresql_where=where)
    else:
        sa.Index("ix_a", table.c.a)


@pair("postgresql")
def things_that_only_postgres_has(metadata, second):
    sa.Table(
        "t",
        metadata,
        sa.Column("id", sa.Integer, sa.Identity(always=second), **ID),
        sa.Column("tags", sa.ARRAY(sa.String(9 if second else 5))),
        sa.Column(
            "marks", postgresql.ARRAY(sa.Enum("x", "y", name="mark"), dimensions=1)
        ),
        sa.Column("a", sa.Integer),
        sa.UniqueConstraint("a", deferrable=True, initially="DEFERRED")
        if second
        else sa.UniqueConstraint("a", "id"),
        sa.Index("ix_tags", "tags", postgresql_using="gin" if second else "btree"),
        schema=None,
    )


@pair(
    "postgresql",
    rows=["INSERT INTO side.t (id) VALUES (1)"],
    columns={("side.t", "x"): "y"},
)
def tables_in_another_schema(metadata, second):
    sa.Table(
        "t",
        metadata,
        sa.Column("id", sa.Integer, **ID),
        sa.Column("y" if second else "x", sa.Integer),
        sa.Column("up", sa.Integer, sa.ForeignKey("side.t.id")),
        schema="side",
        comment="there" if second else None,
    )
    if second:
        sa.Table(
            "u",
            metadata,
            sa.Column("id", sa.Integer, **ID),
            sa.Column("t_id", sa.Integer, sa.ForeignKey("side.t.id")),
        )


@pytest.mark.feature("M-102", "M-103")
@pytest.mark.parametrize("name", PAIRS)
def test_a_state_becomes_the_other_and_back(shop, server, name):
    build, kinds, rows, answers = PAIRS[name]
    if kinds and server.kind not in kinds:
        return
    if "schema" in name:
        shop.execute("CREATE SCHEMA side")
    given = Answers(nothing_renamed=True, **answers)
    states = []
    for second in (False, True):
        shop.want(lambda metadata, second=second: build(metadata, second))
        states.append(describe(shop.metadata))
        commands.make(shop.config, given if second else Answers())
        assert commands.check(shop.config)
        commands.migrate(shop.config)
        assert live_differences(shop.config, states[-1]) == []
        assert shop.compared() == []
        if not second:
            shop.execute(*rows)

    commands.undo(shop.config)
    assert live_differences(shop.config, states[0]) == []
    commands.migrate(shop.config)
    assert live_differences(shop.config, states[1]) == []
    assert commands.migrate(shop.config, "zero")
    assert shop.tables() == set()


@pytest.mark.parametrize("name", PAIRS)
def test_the_sql_of_a_run_can_be_written_without_a_database(small, name):
    build, kinds, _, answers = PAIRS[name]
    url = "postgresql://u@h/d" if kinds else small.url
    from msgspec.structs import replace

    from segue.migrations.revisions import History
    from segue.migrations.runner import sql_of_run

    config = replace(small.config, url=url)
    for second in (False, True):
        small.want(lambda metadata, second=second: build(metadata, second))
        given = Answers(nothing_renamed=True, **answers) if second else Answers()
        commands.make(small.config, given)
    for each in (url, "postgresql://u@h/d", "mariadb://u@h/d"):
        if kinds and each != url:
            continue
        config = replace(small.config, url=each)
        assert "CREATE TABLE" in sql_of_run(config, History(small.folder), (), "head")
