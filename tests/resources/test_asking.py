"""Random queries over a table, each beside the answer of a store in memory."""

import datetime as dt
import random
import uuid
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from segue.resources import MemoryStore, Query
from segue.resources.matching import position_of
from segue.resources.query import Condition, Operator, Order
from segue.resources.rows import TableRows
from tests.resources.library import Author, Kind, Thing

pytestmark = pytest.mark.feature("M-182", "M-183")

DAY = dt.datetime(2024, 2, 28, 23, 30, tzinfo=dt.UTC)
EAST = dt.timezone(dt.timedelta(hours=14))
VALUES = {
    "text": ["", "a", "A", "ab", "aB", "b_", "%", "a%b", "*", "[a]", "a\\", "é", " a"],
    "whole": [-5, 0, 1, 2, 2**62, -(2**63)],
    "broken": [-1.5, 0.0, 0.1, 2.5, 1e300],
    "exact": [Decimal(n) for n in ("-1.25", "0", "1", "1.01", "999999.99")],
    "flag": [True, False],
    "moment": [DAY, DAY + dt.timedelta(microseconds=1), DAY - dt.timedelta(days=400)],
    "day": [dt.date(1, 1, 1), dt.date(2024, 2, 29), dt.date(9999, 12, 31)],
    "span": [dt.timedelta(0), dt.timedelta(microseconds=-1), dt.timedelta(days=400)],
    "kind": list(Kind),
    "uid": [uuid.UUID(int=n) for n in (0, 1, 2**127, 2**128 - 1)],
    "owner": [1, 2, 3],
}
ASKED = {
    "text": ["a\0", "b\0c", "\ud800", "a\udfffb", "x" * 300, "a_", "B"],
    "whole": [10**30, -(10**30), 2**63],
    "broken": [float("inf"), float("-inf"), float("nan"), 1.0],
    "exact": [
        Decimal(n) for n in ("1.005", "-1.251", "1e40", "-1e40", "NaN", "999999.995")
    ],
    "moment": [
        dt.datetime(2024, 1, 1),  # noqa: DTZ001 - that is the question
        dt.datetime(1, 1, 1, tzinfo=EAST),
        dt.datetime(9999, 12, 31, 23, tzinfo=dt.timezone(-dt.timedelta(hours=9))),
        DAY.astimezone(EAST),
    ],
    "span": [dt.timedelta.max, dt.timedelta.min],
    "owner": [4, 2**70],
}
PLAIN = (Operator.EQ, Operator.NE, Operator.IN, Operator.NULL)
ORDERING = (Operator.LT, Operator.LE, Operator.GT, Operator.GE)
TEXTS = (Operator.CONTAINS, Operator.STARTSWITH)


@pytest.fixture(scope="module", params=["sqlite", "postgresql", "mariadb"])
def both(request, opened):
    """A table of random things on a database, and the same in memory."""
    db = opened(request.param).db()
    rand = random.Random(11)
    db.insert_many([Author(id=n, name=f"a{n}") for n in (1, 2, 3)])
    db.insert_many(
        Thing(**{name: rand.choice([None, *some]) for name, some in VALUES.items()})
        for _ in range(70)
    )
    memory = MemoryStore(Thing, items=db.all(Thing))
    return db, TableRows(Thing, "id", (), None), memory


def conditions():
    def of(name):
        known = st.sampled_from([*VALUES[name], *ASKED.get(name, ())])
        operators = [*PLAIN]
        operators += ORDERING if name not in ("flag", "kind", "uid") else ()
        operators += TEXTS if name == "text" else ()

        def asked(operator):
            value = known
            if operator is Operator.IN:
                value = st.lists(known, max_size=4)
            if operator is Operator.NULL:
                value = st.booleans()
            return st.builds(Condition, st.just(name), st.just(operator), value)

        return st.sampled_from(operators).flatmap(asked)

    return st.lists(st.sampled_from(sorted(VALUES)).flatmap(of), max_size=2)


def orders():
    some = st.lists(
        st.builds(Order, st.sampled_from(sorted(VALUES)), st.booleans()),
        max_size=2,
        unique_by=lambda order: order.field,
    )
    last = st.builds(Order, st.just("id"), st.booleans())
    return st.builds(lambda several, key: (*several, key), some, last)


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_a_table_answers_every_query_as_a_list_does(both, data):
    db, rows, memory = both
    order = data.draw(orders())
    query = Query(
        conditions=tuple(data.draw(conditions())),
        order=order,
        limit=data.draw(st.sampled_from([1, 3, 20, 100])),
        count=data.draw(st.booleans()),
    )
    way = data.draw(st.sampled_from(["offset", "after", "before"]))
    value = data.draw(st.integers(0, 80))
    if way != "offset":
        items = memory.find(Query(order=order, limit=100)).items
        value = () if value >= len(items) else position_of(items[value], order)
    query = replaced(query, **{way: value})

    mine, theirs = db.run(rows.find(db.logic, query)), memory.find(query)

    assert [each.id for each in mine.items] == [each.id for each in theirs.items]
    assert (mine.more, mine.total) == (theirs.more, theirs.total)


def replaced(query, **values):
    import msgspec

    return msgspec.structs.replace(query, **values)


def test_pages_by_cursor_meet_in_the_middle(both):
    db, rows, _ = both
    order = (Order("text", descending=True), Order("whole"), Order("id"))

    def walk(way):
        place, found = (), []
        while True:
            query = replaced(Query(order=order, limit=7), **{way: place})
            part = db.run(rows.find(db.logic, query))
            items = part.items if way == "after" else part.items[::-1]
            found += [each.id for each in items]
            if not part.more:
                return found
            place = position_of(items[-1], order)

    forth, back = walk("after"), walk("before")

    assert len(forth) == len(set(forth)) == 70
    assert back == forth[::-1]


def test_nothing_is_counted_that_nobody_asked_for(both):
    db, rows, _ = both
    query = Query(order=(Order("id"),), limit=10)

    with db.database.watch() as seen:
        watched = db.database.db()
        watched.run(rows.find(watched.logic, query))
        watched.run(rows.find(watched.logic, replaced(query, count=True)))
        watched.run(rows.find(watched.logic, replaced(query, count=True, offset=65)))

    assert [("count(" in each.sql) for each in seen] == [False, False, True, False]
    assert all("LIMIT" in each.sql for each in seen if "count(" not in each.sql)


def test_only_the_chosen_columns_are_read(both):
    db, rows, _ = both
    query = Query(order=(Order("id"),), limit=2, fields=("text", "id"))

    with db.database.watch() as seen:
        watched = db.database.db()
        found = watched.run(rows.find(watched.logic, query))

    assert [each.id for each in found.items] == [1, 2]
    assert "whole" not in seen[0].sql
    assert not hasattr(found.items[0], "whole")
