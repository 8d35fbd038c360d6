"""Types: what goes in comes out, on every database."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from hypothesis import given, settings, strategies as st

from segue.db import QueryError, avg, max_, min_, sum_
from segue.db.run.errors import DataError
from segue.db.types import (
    Data,
    Duration,
    EnumValue,
    GlobPattern,
    ScaledDecimal,
    Timestamp,
    as_glob,
)
from segue.db.validation import Invalid

EAST = dt.timezone(dt.timedelta(hours=5, minutes=30))


def _sample(shop, **values):
    given = {
        "flag": True,
        "whole": -(1 << 63),
        "broken": 0.1,
        "exact": Decimal("-123456789.987"),
        "text": "ä€😀'\"\\%_",
        "raw": b"\x00\xff",
        "uid": uuid.UUID(int=7),
        "moment": dt.datetime(2024, 2, 29, 1, 2, 3, 456789, EAST),
        "day": dt.date(1, 1, 1),
        "clock": dt.time(23, 59, 58),
        "span": dt.timedelta(days=3, microseconds=5),
        "kind": shop.Kind.SOUND,
        "level": shop.Level.HIGH,
        "choice": "b",
        "size": shop.Size(1, 2),
        "sizes": [shop.Size(3), shop.Size(4, 5)],
        "numbers": [1, -2],
        "words": ["a", "ä'"],
        "table": {"x": 1},
        "either": "seven",
    }
    return shop.Sample(**{**given, **values})


def test_every_type_comes_back_as_it_went(empty, shop):
    sample = empty.insert(_sample(shop))
    found = empty.get(shop.Sample, sample.id)

    for part in shop.Sample.__model__.stored:
        assert getattr(found, part.name) == getattr(sample, part.name), part.name
        assert type(getattr(found, part.name)) is type(getattr(sample, part.name))
    assert found.moment.tzinfo is dt.UTC


def test_every_type_is_found_by_its_value(empty, shop):
    sample = empty.insert(_sample(shop))
    empty.insert(
        _sample(
            shop,
            flag=False,
            whole=3,
            exact=Decimal("0.001"),
            text="other",
            uid=uuid.UUID(int=8),
            moment=sample.moment + dt.timedelta(microseconds=1),
            day=dt.date(2000, 1, 1),
            clock=dt.time(1),
            span=dt.timedelta(1),
            kind=shop.Kind.PAPER,
            level=shop.Level.LOW,
            choice="a",
            raw=b"x",
        )
    )

    for name in (
        "flag", "whole", "exact", "text", "uid", "moment", "day", "clock", "span",
        "kind", "level", "choice", "raw",
    ):  # fmt: skip
        column = getattr(shop.Sample, name)
        found = empty.all(shop.Sample.where(column == getattr(sample, name)))
        assert [each.id for each in found] == [sample.id], name
        found = empty.all(shop.Sample.where(column.in_([getattr(sample, name)])))
        assert [each.id for each in found] == [sample.id], name


def test_what_may_be_null_is(empty, shop):
    book = empty.insert(
        shop.Book(title="T", year=1, author=empty.insert(shop.Author(name="A")))
    )
    found = empty.get(shop.Book, book.id)

    assert (found.published, found.size, found.code, found.editor) == (None,) * 4
    assert empty.get(shop.Sample, empty.insert(_sample(shop)).id).note is None


def test_times_are_in_order_whatever_their_zone(empty, shop):
    early = dt.datetime(2024, 1, 1, 12, tzinfo=EAST)
    late = dt.datetime(2024, 1, 1, 7, tzinfo=dt.UTC)
    for moment in (late, early):
        empty.insert(_sample(shop, moment=moment))

    found = empty.all(shop.Sample.order_by(shop.Sample.moment))
    assert [each.moment for each in found] == [early, late]
    assert empty.count(shop.Sample.where(shop.Sample.moment < late)) == 1


def test_a_decimal_with_more_digits_is_rounded_away_from_zero(empty, shop):
    for value, kept in (("1.0005", "1.001"), ("-1.0005", "-1.001"), ("1.00049", "1")):
        sample = empty.insert(_sample(shop, exact=Decimal(value)))
        assert empty.get(shop.Sample, sample.id).exact == Decimal(kept)


def test_decimals_are_computed_exactly(empty, shop):
    for value in ("0.100", "0.200", "-10.125"):
        empty.insert(_sample(shop, exact=Decimal(value)))
    exact = shop.Sample.exact
    found = empty.agg(
        shop.Sample, s=sum_(exact), m=avg(exact), low=min_(exact), high=max_(exact)
    )

    assert found.s == Decimal("-9.825")
    assert found.m == Decimal("-3.275")
    assert (found.low, found.high) == (Decimal("-10.125"), Decimal("0.2"))
    rows = empty.rows(
        shop.Sample.order_by(shop.Sample.id),
        twice=exact * 2,
        half=exact / 2,
        third=exact / Decimal(-3),
        more=exact + 1,
        less=1 - exact,
        square=exact * exact,
        rest=exact % 1,
    )
    assert [r.twice for r in rows] == [
        Decimal("0.2"),
        Decimal("0.4"),
        Decimal("-20.25"),
    ]
    assert [r.half for r in rows] == [
        Decimal("0.05"),
        Decimal("0.1"),
        Decimal("-5.063"),
    ]
    assert [r.third for r in rows] == [
        Decimal("-0.033"),
        Decimal("-0.067"),
        Decimal("3.375"),
    ]
    assert [r.more for r in rows] == [Decimal("1.1"), Decimal("1.2"), Decimal("-9.125")]
    assert [r.less for r in rows] == [Decimal("0.9"), Decimal("0.8"), Decimal("11.125")]
    assert [r.square for r in rows] == [
        Decimal("0.01"),
        Decimal("0.04"),
        Decimal("102.516"),
    ]
    assert [r.rest for r in rows] == [Decimal("0.1"), Decimal("0.2"), Decimal("-0.125")]


def test_keys_come_back_on_every_database(empty, shop):
    tags = empty.insert_many([shop.Tag(name=str(n)) for n in range(600)])
    found = empty.get_many(shop.Tag, [tag.id for tag in tags])

    assert [tag.name for tag in found] == [str(n) for n in range(600)]


def test_upsert_and_get_or_create_on_every_database(empty, shop):
    one, made = empty.get_or_create(shop.Tag(name="new"), on=shop.Tag.name)
    same, again = empty.get_or_create(shop.Tag(name="new"), on="name")
    country = empty.upsert(shop.Country(code="DE", name="Germany"), on="code")
    empty.upsert(shop.Country(code="DE", name="Deutschland"), on=shop.Country.code)
    author = empty.insert(shop.Author(name="A"))
    first = empty.upsert(
        shop.Book(title="T", year=1, author=author), on=["title", "author"]
    )
    second = empty.upsert(
        shop.Book(title="T", year=2, author=author), on=["title", "author"]
    )

    assert (made, again, one.id == same.id) == (True, False, True)
    assert empty.get(shop.Country, country.code).name == "Deutschland"
    assert first.id == second.id
    assert empty.get(shop.Book, first.id).year == 2


def test_a_key_may_be_that_of_another(empty, shop):
    author = empty.insert(shop.Author(name="A"))
    account = empty.insert(shop.Wallet(author=author, cents=5))
    account.cents = 6
    empty.save(account)
    found = empty.get(shop.Wallet, author.id)

    assert (found.cents, found.author_id, found == account) == (6, author.id, True)
    assert empty.load(found, shop.Wallet.author).author.name == "A"
    assert empty.get(shop.Wallet, author.id + 1) is None
    assert empty.delete(found) == 1


def test_writes_of_queries_on_every_database(empty, shop):
    ann, bob = empty.insert_many([shop.Author(name="Ann"), shop.Author(name="Bob")])
    empty.insert_many(
        shop.Book(title=str(n), year=n, author=ann if n % 2 else bob) for n in range(10)
    )
    book = shop.Book

    assert (
        empty.update(book.where(book.author.name == "Ann"), year=book.year + 100) == 5
    )
    assert empty.update(book.order_by(book.id).limit(3), price=Decimal("1.50")) == 3
    assert empty.count(book.where(book.price == Decimal("1.5"))) == 3
    assert empty.delete(book.where(book.author.name == "Ann", book.year > 104)) == 3
    assert empty.delete(book.where(book.year < 3).limit(1).order_by(book.id)) == 1
    assert empty.count(book) == 6


@pytest.mark.parametrize("value", ["a\x00b", "\ud800"])
def test_texts_that_no_database_takes_are_refused(empty, shop, value):
    with pytest.raises((Invalid, DataError)):
        empty.insert(shop.Author(name=value))


def test_types_write_themselves_as_they_are_made():
    assert repr(Timestamp()) == "Timestamp()"
    assert repr(ScaledDecimal(9, 3)) == "ScaledDecimal(9, 3)"
    assert repr(Duration()) == "Duration()"
    assert repr(Data(list[int])) == "JSON()"
    assert repr(GlobPattern()).startswith("GlobPattern")


def test_an_enum_is_written_as_text(shop):
    assert repr(EnumValue(shop.Kind)) == "String(64)"


@settings(max_examples=300, deadline=None)
@given(
    pattern=st.text(alphabet="ab%_\\*?[]", max_size=8),
    text=st.text(alphabet="ab%_\\*?[]", max_size=8),
)
def test_a_glob_finds_what_the_pattern_of_like_finds(pattern, text):
    import re
    import sqlite3

    regex, signs = "", iter(pattern)
    for sign in signs:
        if sign == "\\":
            regex += re.escape(next(signs, "\\"))
        else:
            regex += {"%": ".*", "_": "."}.get(sign, re.escape(sign))
    connection = sqlite3.connect(":memory:")
    (found,) = connection.execute(
        "SELECT ? GLOB ?", (text, as_glob(pattern))
    ).fetchone()
    connection.close()

    assert bool(found) is bool(re.fullmatch(regex, text, re.DOTALL))


def test_a_time_without_a_zone_is_no_time(empty, shop):
    with pytest.raises(QueryError, match="SG-DB-038"):
        empty.all(shop.Sample.where(shop.Sample.moment == dt.datetime(2024, 1, 1)))  # noqa: DTZ001
