"""Plans: compiled once for each structure, and never more than there is room for."""

import pytest
from sqlalchemy.dialects.mysql.pymysql import MySQLDialect_pymysql
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from segue.db import desc
from segue.db.plans import Plans
from segue.db.selects import select_plan


def _dialect(cls):
    made = cls()
    made.paramstyle, made.positional = "format", True
    return made


def test_a_query_is_compiled_once(filled, shop):
    plans = filled.database.logic
    filled.all(shop.Book.where(shop.Book.year == 1))
    before = len(plans)
    for year in range(50):
        filled.all(shop.Book.where(shop.Book.year == year))

    assert len(plans) == before


def test_what_clients_choose_makes_no_more_plans_than_there_is_room_for(shop):
    plans, book = Plans(SQLiteDialect_pysqlite(), most=10), shop.Book
    for count in range(40):
        query = book.query()
        for _ in range(count):
            query = query.where(book.year == 1)
        select_plan(plans, query)

    assert len(plans) == 10


def test_lists_of_many_lengths_are_few_plans(filled, shop):
    before = len(filled.database.logic)
    for count in range(1, 300):
        filled.all(shop.Book.where(shop.Book.id.in_(range(count))))

    assert len(filled.database.logic) - before <= 10


def test_rows_of_many_numbers_are_one_plan(db, shop):
    before = len(db.database.logic)
    for count in range(1, 40):
        db.insert_many([shop.Author(name="x") for _ in range(count)])

    assert len(db.database.logic) - before == 1


@pytest.mark.parametrize(
    ("cls", "ends"),
    [
        (SQLiteDialect_pysqlite, "ORDER BY book.published DESC NULLS LAST"),
        (PGDialect_psycopg, "ORDER BY book.published DESC NULLS LAST"),
        (MySQLDialect_pymysql, "ORDER BY book.published IS NULL, book.published DESC"),
    ],
)
def test_every_dialect_has_its_own_text(shop, cls, ends):
    plans = Plans(cls() if cls is SQLiteDialect_pysqlite else _dialect(cls))
    query = shop.Book.where(shop.Book.price > 1).order_by(desc(shop.Book.published))
    plan = select_plan(plans, query)

    assert plan.sql.endswith(ends)
    assert plan.command(query.values()).statement is None
    assert len(plan.command(query.values()).values) == 1


def test_a_dialect_with_named_parameters_gets_the_statement(shop):
    from sqlalchemy.dialects.oracle.oracledb import OracleDialect_oracledb

    query = shop.Book.where(shop.Book.year > 1)
    plan = select_plan(Plans(OracleDialect_oracledb()), query)
    command, several = plan.command([1]), plan.many([[1], [2]])

    assert command.statement[1] == {"p0": 1}
    assert several.statement[1] == [{"p0": 1}, {"p0": 2}]
