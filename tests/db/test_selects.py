"""Queries as the database answers them."""

import datetime as dt
import uuid
from decimal import Decimal

import msgspec
import pytest
import sqlalchemy as sa

from segue.core.errors import NotFound
from segue.db import (
    QueryError,
    avg,
    coalesce,
    count,
    desc,
    has,
    length,
    lower,
    max_,
    min_,
    not_,
    sum_,
    upper,
)


def titles(books):
    return [book.title for book in books]


def _found(db, query):
    return sorted(titles(db.all(query)))


def test_get_finds_by_key_or_nothing(filled, shop):
    assert filled.get(shop.Book, 1).title == "Alpha"
    assert filled.get(shop.Book, 99) is None
    assert filled.get(shop.Book, 1 << 70) is None
    assert filled.get(shop.Country, "DE").name == "Germany"


def test_get_or_404_answers_not_found(filled, shop):
    assert filled.get_or_404(shop.Book, 2).title == "Beta"
    with pytest.raises(NotFound):
        filled.get_or_404(shop.Book, 99)


def test_get_many_keeps_the_order_of_the_keys(filled, shop):
    found = filled.get_many(shop.Book, [3, 99, 1, 3])

    assert titles(found) == ["Gamma", "Alpha"]


def test_values_come_back_as_they_went(db, shop):
    author = db.insert(shop.Author(name="Ada"))
    moment = dt.datetime(
        2024, 2, 29, 23, 59, 59, 123456, dt.timezone(dt.timedelta(hours=2))
    )
    code = uuid.uuid4()
    book = db.insert(
        shop.Book(
            title="Ä%_",
            year=5,
            price=Decimal("123456789.01"),
            published=moment,
            author=author,
            kind=shop.Kind.SOUND,
            size=shop.Size(3, 4),
            code=code,
        )
    )
    found = db.get(shop.Book, book.id)

    assert found.title == "Ä%_"
    assert found.price == Decimal("123456789.01")
    assert found.published == moment
    assert found.published.tzinfo is dt.UTC
    assert found.kind is shop.Kind.SOUND
    assert found.size == shop.Size(3, 4)
    assert found.code == code
    assert found.author_id == author.id


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda b: b.year == 2000, ["Gamma", "Zeta_%"]),
        (lambda b: b.year != 2000, ["Alpha", "Beta", "Delta", "alpha 2"]),
        (lambda b: b.year > 2000, ["Delta", "alpha 2"]),
        (lambda b: b.year >= 2010, ["Delta", "alpha 2"]),
        (lambda b: b.year < 1990, ["Alpha"]),
        (lambda b: b.year <= 1990, ["Alpha", "Beta"]),
        (lambda b: 1990 < b.year, ["Delta", "Gamma", "Zeta_%", "alpha 2"]),
        (lambda b: (b.year > 1985) & (b.price == 5), ["Beta", "Zeta_%"]),
        (lambda b: (b.year < 1985) | (b.price > 50), ["Alpha", "alpha 2"]),
        (lambda b: ~(b.year >= 1990), ["Alpha"]),
        (lambda b: not_(b.year >= 1990), ["Alpha"]),
        (lambda b: b.year.in_([1980, 1990, 1991]), ["Alpha", "Beta"]),
        (lambda b: b.year.in_([]), []),
        (lambda b: b.year.not_in([1980, 2000]), ["Beta", "Delta", "alpha 2"]),
        (lambda b: b.year.between(1990, 2000), ["Beta", "Gamma", "Zeta_%"]),
        (lambda b: b.title.like("%a"), ["Alpha", "Beta", "Delta", "Gamma"]),
        (lambda b: b.title.like("alpha%"), ["alpha 2"]),
        (lambda b: b.title.like("ALPHA%", ignore_case=True), ["Alpha", "alpha 2"]),
        (lambda b: b.title.like(r"%\_\%"), ["Zeta_%"]),
        (lambda b: b.title.startswith("A"), ["Alpha"]),
        (lambda b: b.title.startswith("Zeta_"), ["Zeta_%"]),
        (lambda b: b.title.startswith("Zet_"), []),
        (lambda b: b.title.endswith("%"), ["Zeta_%"]),
        (lambda b: b.title.contains("*"), []),
        (lambda b: b.title.contains("lph"), ["Alpha", "alpha 2"]),
        (lambda b: b.title.contains("LPH", ignore_case=True), ["Alpha", "alpha 2"]),
        (lambda b: b.published == None, ["Beta", "Delta", "Zeta_%"]),  # noqa: E711
        (lambda b: b.published != None, ["Alpha", "Gamma", "alpha 2"]),  # noqa: E711
        (lambda b: b.published.is_null(), ["Beta", "Delta", "Zeta_%"]),
        (lambda b: b.editor.is_not_null(), ["Alpha", "Gamma", "alpha 2"]),
        (lambda b: b.editor == None, ["Beta", "Delta", "Zeta_%"]),  # noqa: E711
        (lambda b: b.editor_id.in_([1, None]), ["Beta", "Delta", "Gamma", "Zeta_%"]),
        (lambda b: b.author == 1, ["Alpha", "Beta"]),
        (lambda b: b.author != 1, ["Delta", "Gamma", "Zeta_%", "alpha 2"]),
        (lambda b: b.author.in_([1, 2]), ["Alpha", "Beta", "Delta", "Gamma"]),
        (lambda b: b.author.not_in([1, 2]), ["Zeta_%", "alpha 2"]),
        (lambda b: b.author.id == 2, ["Delta", "Gamma"]),
        (lambda b: b.author.name == "Eve", ["Zeta_%", "alpha 2"]),
        (lambda b: b.author.country.name == "France", ["Delta", "Gamma"]),
        (lambda b: b.author.country == "DE", ["Alpha", "Beta"]),
        (lambda b: (b.editor.name == "Ada") | (b.year == 1990), ["Beta", "Gamma"]),
        (lambda b: ~(b.editor.name == "Ada"), ["Alpha", "alpha 2"]),
        (lambda b: b.tags.name == "old", ["Alpha", "Gamma"]),
        (lambda b: ~(b.tags.name == "old"), ["Beta", "Delta", "Zeta_%", "alpha 2"]),
        (lambda b: has(b.tags), ["Alpha", "Gamma", "alpha 2"]),
        (lambda b: has(b.author.country), ["Alpha", "Beta", "Delta", "Gamma"]),
        (lambda b: b.price * 2 > 15, ["Alpha", "alpha 2"]),
        (lambda b: b.price - 5 == 0, ["Beta", "Zeta_%"]),
        (lambda b: 10 - b.price == 5, ["Beta", "Zeta_%"]),
        (lambda b: b.price / 2 == Decimal("2.50"), ["Beta", "Zeta_%"]),
        (lambda b: b.price * Decimal("0.33") == Decimal("1.65"), ["Beta", "Zeta_%"]),
        (lambda b: b.price * b.price == 25, ["Beta", "Zeta_%"]),
        (lambda b: b.price * b.year > 10_000, ["Alpha", "Gamma", "alpha 2"]),
        (lambda b: b.year % 100 == 0, ["Gamma", "Zeta_%"]),
        (lambda b: b.year / 2 == 995.0, ["Beta"]),
        (lambda b: 2 * b.year == 4000, ["Gamma", "Zeta_%"]),
        (lambda b: b.year + 1 == 1991, ["Beta"]),
        (lambda b: b.title + "!" == "Beta!", ["Beta"]),
        (lambda b: b.title.lower() == "alpha", ["Alpha"]),
        (lambda b: b.title.upper() == "BETA", ["Beta"]),
        (lambda b: lower(b.title) == "beta", ["Beta"]),
        (lambda b: upper(b.title) == "BETA", ["Beta"]),
        (lambda b: length(b.title) == 4, ["Beta"]),
        (
            lambda b: coalesce(b.editor.name, "none") == "none",
            ["Beta", "Delta", "Zeta_%"],
        ),
        (lambda b: count(b.tags) == 2, ["Alpha"]),
        (lambda b: b.author.name > b.editor.name, ["Gamma", "alpha 2"]),
        (lambda b: True, ["Alpha", "Beta", "Delta", "Gamma", "Zeta_%", "alpha 2"]),
        (lambda b: False, []),
    ],
)
def test_conditions_find_their_rows(filled, shop, make, expected):
    assert _found(filled, shop.Book.where(make(shop.Book))) == sorted(expected)


def test_paths_to_many_are_conditions_on_one_row_each(filled, shop):
    author = shop.Author

    both = author.where(author.books.year == 1980, author.books.price == 5)
    together = author.where(
        has(author.books, shop.Book.year == 1980, shop.Book.price == 5)
    )
    deep = author.where(author.books.tags.name == "rare")

    assert [a.name for a in filled.all(both)] == ["Ada"]
    assert filled.all(together) == []
    assert [a.name for a in filled.all(deep)] == ["Ada"]


def test_a_query_is_a_list_for_in(filled, shop):
    french = shop.Author.where(shop.Author.country.name == "France")
    years = shop.Book.where(shop.Book.price == 5).only(shop.Book.year)

    assert _found(filled, shop.Book.where(shop.Book.author.in_(french))) == [
        "Delta",
        "Gamma",
    ]
    assert _found(filled, shop.Book.where(shop.Book.year.in_(years))) == [
        "Beta", "Gamma", "Zeta_%"]  # fmt: skip


def test_orders_have_nulls_last_whichever_way(filled, shop):
    book = shop.Book

    up = filled.all(book.order_by(book.published, book.title))
    down = filled.all(book.order_by(desc(book.published), -book.title))
    joined = filled.all(book.order_by(book.editor.name, book.id))

    assert titles(up) == ["Alpha", "Gamma", "alpha 2", "Beta", "Delta", "Zeta_%"]
    assert titles(down) == ["alpha 2", "Gamma", "Alpha", "Zeta_%", "Delta", "Beta"]
    assert titles(joined)[:3] == ["Gamma", "Alpha", "alpha 2"]
    assert titles(filled.all(book.order_by(desc(book.author), book.id)))[0] == "alpha 2"
    assert titles(filled.all(book.order_by(-count(book.tags), book.id)))[0] == "Alpha"


def test_limit_and_offset_cut_the_rows(filled, shop):
    book = shop.Book.order_by(shop.Book.id)

    assert titles(filled.all(book.limit(2))) == ["Alpha", "Beta"]
    assert titles(filled.all(book.limit(2).offset(3))) == ["Delta", "alpha 2"]
    assert titles(filled.all(book.offset(4))) == ["alpha 2", "Zeta_%"]
    assert filled.all(book.limit(0)) == []


def test_one_wants_exactly_one(filled, shop):
    book = shop.Book

    assert filled.one(book.where(book.year == 1980)).title == "Alpha"
    with pytest.raises(NotFound):
        filled.one(book.where(book.year == 1))
    with pytest.raises(QueryError, match="SG-DB-044"):
        filled.one(book.where(book.year == 2000))


def test_first_is_the_first_or_nothing(filled, shop):
    book = shop.Book

    assert filled.first(book.order_by(-book.year)).title == "alpha 2"
    assert filled.first(book.where(book.year == 1)) is None


def test_counting_and_existing(filled, shop):
    book = shop.Book

    assert filled.count(book) == 6
    assert (
        filled.count(book.where(book.author.country == "DE").order_by(book.title)) == 2
    )
    assert filled.count(book.limit(2)) == 2
    assert filled.count(book.query().offset(4)) == 2
    assert filled.exists(book.where(book.tags.name == "new")) is True
    assert filled.exists(book.where(book.tags.name == "none")) is False
    assert filled.count(book.only(book.year).distinct()) == 5
    assert filled.count(book.group_by(book.author).having(count() > 1)) == 3


def test_aggregates_over_all_rows(filled, shop):
    book = shop.Book
    found = filled.agg(
        book,
        n=count(),
        tagged=count(book.editor_id),
        years=count(book.year, distinct=True),
        total=sum_(book.price),
        mean=avg(book.price),
        year=avg(book.year),
        first=min_(book.year),
        last=max_(book.title),
        span=sum_(book.year),
    )

    assert (found.n, found.tagged, found.years) == (6, 3, 5)
    assert (found.total, found.mean) == (Decimal("127.74"), Decimal("21.290000"))
    assert found.year == pytest.approx(2000.0)
    assert (found.first, found.last, found.span) == (1980, "alpha 2", 12000)


def test_aggregates_over_no_rows_are_null(filled, shop):
    book = shop.Book
    found = filled.agg(book.where(book.year == 1), n=count(), s=sum_(book.price))

    assert (found.n, found.s) == (0, None)


def test_rows_of_groups(filled, shop):
    book = shop.Book
    query = book.group_by(book.author.country.name).having(count() > 1)
    found = filled.rows(
        query.order_by(book.author.country.name),
        country=book.author.country.name,
        n=count(),
        price=sum_(book.price),
    )

    assert [tuple(getattr(r, f) for f in r.__struct_fields__) for r in found] == [
        ("France", 2, Decimal("7.25")),
        ("Germany", 2, Decimal("15.50")),
        (None, 2, Decimal("104.99")),
    ]


def test_rows_about_related_objects(filled, shop):
    author = shop.Author
    found = filled.rows(
        author.order_by(author.id),
        name=author.name,
        books=count(author.books),
        spent=sum_(author.books.price),
    )

    assert [(r.name, r.books, r.spent) for r in found] == [
        ("Ada", 2, Decimal("15.50")),
        ("Bob", 2, Decimal("7.25")),
        ("Eve", 2, Decimal("104.99")),
    ]


class Line(msgspec.Struct):
    title: str
    year: int
    writer: str


class Keywords(msgspec.Struct, kw_only=True):
    year: int
    title: str = ""


def test_rows_go_into_a_struct(filled, shop):
    book = shop.Book
    query = book.where(book.year < 1985)

    assert filled.rows(query, into=Line, writer=book.author.name) == [
        Line("Alpha", 1980, "Ada")
    ]
    assert filled.rows(query, into=Keywords) == [Keywords(year=1980, title="Alpha")]


def test_rows_of_only(filled, shop):
    book = shop.Book
    found = filled.rows(book.where(book.price == 5).only(book.year).distinct())

    assert sorted(r.year for r in found) == [1990, 2000]


def test_locks_are_asked_for(filled, shop):
    book = shop.Book

    assert len(filled.all(book.where(book.id == 1).for_update(skip_locked=True))) == 1


def test_a_scope_of_the_model_is_in_every_query(filled, shop, monkeypatch):
    book = shop.Book
    scope = staticmethod(lambda query: query.where(book.year >= 2000))
    type.__setattr__(book, "__scope__", scope)
    try:
        assert filled.count(book) == 4
        assert len(filled.all(book)) == 4
        assert filled.exists(book.where(book.year == 1980)) is False
        assert filled.count(book.query().unscoped()) == 6
        assert len(filled.all(book.query().unscoped())) == 6
        assert filled.get(book, 1) is not None
    finally:
        type.__setattr__(book, "__scope__", None)


def test_a_function_may_add_to_a_query(filled, shop):
    book = shop.Book

    def recent(query):
        return query.where(book.year > 2005)

    assert _found(filled, book.query().apply(recent)) == ["Delta", "alpha 2"]


def test_a_time_without_a_zone_is_refused(filled, shop):
    with pytest.raises(QueryError, match="SG-DB-038"):
        filled.all(shop.Book.where(shop.Book.published > dt.datetime(2024, 1, 1)))  # noqa: DTZ001


def test_a_list_without_an_end_is_refused(filled, shop):
    with pytest.raises(QueryError, match="SG-DB-039"):
        filled.all(shop.Book.where(shop.Book.id.in_(range(20_000))))


def test_two_relations_to_many_in_one_comparison_are_refused(filled, shop):
    author = shop.Author

    with pytest.raises(QueryError, match="SG-DB-041"):
        filled.all(author.where(author.books.title == author.profile.text))


def test_what_is_added_up_over_two_relations_to_many_is_refused(filled, shop):
    with pytest.raises(QueryError, match="SG-DB-040"):
        filled.rows(shop.Author.query(), n=count(shop.Author.books.tags))


def test_times_are_not_computed_with(filled, shop):
    with pytest.raises(QueryError, match="SG-DB-042"):
        filled.all(shop.Book.where(shop.Book.published + 1 == 2))


def test_groups_are_no_objects(filled, shop):
    with pytest.raises(QueryError, match="SG-DB-043"):
        filled.all(shop.Book.group_by(shop.Book.year))


def test_injection_through_values_is_only_a_value(filled, shop):
    evil = "'; DROP TABLE book; --"

    assert filled.all(shop.Book.where(shop.Book.title == evil)) == []
    assert filled.count(shop.Book) == 6


def test_the_table_is_there_for_sqlalchemy(filled, shop):
    table = shop.Book.__table__
    with filled.sa() as connection:
        found = connection.execute(
            sa.select(sa.func.count()).select_from(table)
        ).scalar()

    assert found == 6


def test_what_goes_wrong_on_the_short_way_is_told(filled, shop):
    with pytest.raises(Exception, match="SG-DB-12"):
        filled.get(shop.Tag, "\ud800")


def test_the_short_way_sees_what_a_transaction_wrote(filled, shop):
    with filled.transaction():
        filled.insert(shop.Tag(id=77, name="inside"))
        assert filled.get(shop.Tag, 77).name == "inside"
        assert filled.count(shop.Tag) == 4
        assert len(filled.all(shop.Tag)) == 4
    assert filled.get(shop.Tag, 77).name == "inside"
    assert len(filled.all(shop.Tag.where(shop.Tag.id == 77).for_update())) == 1


@pytest.mark.feature("M-095")
def test_every_statement_is_seen_by_who_watches(opened, shop):
    database = opened("filled")
    with database.watch() as seen:
        db = database.db()
        db.get(shop.Book, 1)
        db.get(shop.Book, 2)
        db.all(shop.Book)
        db.all(shop.Author.load(shop.Author.books.tags))

    assert len(seen) == 6
