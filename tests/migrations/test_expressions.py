"""SQL in and out of SQLAlchemy."""

import pytest
import sqlalchemy as sa
from hypothesis import given, strategies as st
from sqlalchemy.dialects import postgresql

from segue.migrations.expressions import as_text, renamed, sql_of

T = sa.Table(
    "t",
    sa.MetaData(),
    sa.Column("a", sa.Integer),
    sa.Column("order", sa.String),
    sa.Column("data", postgresql.JSONB),
)


@pytest.mark.parametrize(
    ("made", "sql"),
    [
        (T.c.a > 3, "a > 3"),
        (T.c.order == "x'y", "\"order\" = 'x''y'"),
        (sa.func.lower(T.c.order), 'lower("order")'),
        (T.c.a.desc(), "a DESC"),
        (sa.text("a > '\\:x'"), "a > ':x'"),
        ("a::int > 0", "a::int > 0"),
        (sa.literal_column("a <> ':ok:'"), "a <> ':ok:'"),
        (T.c.data["k"].astext == "v", "(data ->> 'k') = 'v'"),
        (sa.func.now(), "now()"),
        (sa.cast(T.c.a, postgresql.TSVECTOR), "CAST(a AS TSVECTOR)"),
        (T.c.order.like("10%"), "\"order\" LIKE '10%'"),
    ],
)
def test_an_expression_is_written_as_sql(made, sql):
    assert sql_of(made) == sql
    assert sql_of(as_text(sql)) == sql


@given(st.text(alphabet="ab:'\" 1%.", max_size=30))
def test_what_is_escaped_comes_back(text):
    assert sql_of(as_text(text)) == text


@pytest.mark.parametrize(
    ("sql", "now"),
    [
        ("a > 0 AND b.a <> 'a'", "c > 0 AND b.a <> 'a'"),
        ('"a" > 0 AND "b" > ab', '"c" > 0 AND "b" > ab'),
        ("lower(a) || 'it''s a'", "lower(c) || 'it''s a'"),
        ("a.x > 0", "c.x > 0"),
    ],
)
def test_a_column_is_renamed_outside_of_strings(sql, now):
    assert renamed(sql, "a", "c") == now
