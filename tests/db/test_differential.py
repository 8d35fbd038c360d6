"""Random queries, each beside what SQLAlchemy's ORM answers to the same question.

The two share no code above SQLAlchemy Core: paths, joins, EXISTS and orders are the
ORM's own there.
"""

import random

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy.orm import Session, registry, relationship

from segue.db import desc, has, not_
from segue.db.database import Database
from tests.db.shop import MODELS


@pytest.fixture(scope="module")
def mapped(shops):
    """The classes of the ORM on the tables of the shop."""
    made, tables = registry(), MODELS.Shop.metadata.tables
    classes = {
        name: type(name, (), {}) for name in ("Country", "Author", "Book", "Tag")
    }
    country, author, book, tag = classes.values()
    made.map_imperatively(country, tables["country"])
    made.map_imperatively(
        author,
        tables["author"],
        properties={
            "country": relationship(country),
            "books": relationship(
                book, foreign_keys=tables["book"].c.author_id, viewonly=True
            ),
        },
    )
    made.map_imperatively(
        book,
        tables["book"],
        properties={
            "author": relationship(author, foreign_keys=tables["book"].c.author_id),
            "editor": relationship(author, foreign_keys=tables["book"].c.editor_id),
            "tags": relationship(tag, secondary=tables["book_tag"], viewonly=True),
        },
    )
    made.map_imperatively(
        tag,
        tables["tag"],
        properties={
            "books": relationship(book, secondary=tables["book_tag"], viewonly=True)
        },
    )
    made.configure()
    return classes


@pytest.fixture(scope="module")
def both(shops, mapped, tmp_path_factory):
    """A shop of many books, and a session of the ORM on it."""
    import shutil

    shop = MODELS
    path = tmp_path_factory.mktemp("many") / "many.db"
    shutil.copy(shops / "empty.db", path)
    database = Database(f"sqlite:///{path}", models=shop.Shop)
    db, rand = database.db(), random.Random(7)
    db.insert_many(
        [shop.Country(code=c, name=n) for c, n in (("DE", "G"), ("FR", "F"))]
    )
    authors = db.insert_many(
        shop.Author(name=f"a{n % 5}", country_id=rand.choice(["DE", "FR", None]))
        for n in range(12)
    )
    books = db.insert_many(
        shop.Book(
            title=f"t{n}",
            year=rand.randrange(1990, 2000),
            author=rand.choice(authors[:9]),
            editor=rand.choice([*authors, None, None]),
        )
        for n in range(60)
    )
    tags = db.insert_many([shop.Tag(name=f"g{n}") for n in range(6)])
    for each in books:
        db.add(each, shop.Book.tags, *rand.sample(tags[:5], rand.randrange(3)))
    with Session(sa.create_engine(f"sqlite:///{path}")) as session:
        yield db, session, shop, mapped
    database.close()


# A question: what it is for our models, and for the ORM's.
YEARS, NAMES = st.integers(1988, 2001), st.sampled_from([f"a{n}" for n in range(6)])
OPERATORS = st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"])


def _compare(word, left, right):
    import operator

    return getattr(operator, word)(left, right)


def _year(word, value):
    return lambda m: _compare(word, m.Book.year, value), lambda o: _compare(
        word, o["Book"].year, value
    )


def _author(word, value):
    return (
        lambda m: _compare(word, m.Book.author.name, value),
        lambda o: o["Book"].author.has(_compare(word, o["Author"].name, value)),
    )


def _country(value):
    return (
        lambda m: m.Book.author.country.name == value,
        lambda o: o["Book"].author.has(
            o["Author"].country.has(o["Country"].name == value)
        ),
    )


def _editor(value):
    return (
        lambda m: m.Book.editor.name == value,
        lambda o: o["Book"].editor.has(o["Author"].name == value),
    )


def _no_editor():
    return lambda m: m.Book.editor == None, lambda o: o["Book"].editor == None  # noqa: E711


def _tag(value):
    return (
        lambda m: m.Book.tags.name == value,
        lambda o: o["Book"].tags.any(o["Tag"].name == value),
    )


def _siblings(word, value):
    return (
        lambda m: _compare(word, m.Book.author.books.year, value),
        lambda o: o["Book"].author.has(
            o["Author"].books.any(_compare(word, o["Book"].year, value))
        ),
    )


def _both_in_one(year, name):
    return (
        lambda m: has(
            m.Book.author.books, m.Book.year > year, m.Book.tags.name == name
        ),
        lambda o: o["Book"].author.has(
            o["Author"].books.any(
                sa.and_(
                    o["Book"].year > year, o["Book"].tags.any(o["Tag"].name == name)
                )
            )
        ),
    )


def _years(values):
    return lambda m: m.Book.year.in_(values), lambda o: o["Book"].year.in_(values)


TAGS = st.sampled_from([f"g{n}" for n in range(7)])
LEAVES = st.one_of(
    st.builds(_year, OPERATORS, YEARS),
    st.builds(_author, OPERATORS, NAMES),
    st.builds(_country, st.sampled_from(["G", "F", "x"])),
    st.builds(_editor, NAMES),
    st.builds(_no_editor),
    st.builds(_tag, TAGS),
    st.builds(_siblings, OPERATORS, YEARS),
    st.builds(_both_in_one, YEARS, TAGS),
    st.builds(_years, st.lists(YEARS, max_size=5)),
)


def _and(a, b):
    return lambda m: a[0](m) & b[0](m), lambda o: sa.and_(a[1](o), b[1](o))


def _or(a, b):
    return lambda m: a[0](m) | b[0](m), lambda o: sa.or_(a[1](o), b[1](o))


QUESTIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(_and, inner, inner), st.builds(_or, inner, inner)
    ),
    max_leaves=6,
)
ORDERS = st.lists(
    st.sampled_from(["year", "-year", "title", "author", "-editor"]),
    max_size=3,
    unique=True,
)


def _ours(order, shop):
    book = shop.Book
    return {
        "year": book.year,
        "-year": desc(book.year),
        "title": book.title,
        "author": book.author.name,
        "-editor": desc(book.editor.name),
    }[order]


def _theirs(order, orm):
    book, author = orm["Book"], orm["Author"]
    name = sa.select(author.name).correlate(book)
    return {
        "year": book.year.asc(),
        "-year": book.year.desc(),
        "title": book.title.asc(),
        "author": name.where(author.id == book.author_id).scalar_subquery().asc(),
        "-editor": name.where(author.id == book.editor_id)
        .scalar_subquery()
        .desc()
        .nulls_last(),
    }[order]


@settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    question=QUESTIONS,
    orders=ORDERS,
    size=st.none() | st.integers(0, 70),
    start=st.integers(0, 20),
)
def test_random_queries_have_the_answers_of_the_orm(
    both, question, orders, size, start
):
    db, session, shop, orm = both
    query = shop.Book.where(question[0](shop)).order_by(
        *(_ours(each, shop) for each in orders), shop.Book.id
    )
    asked = sa.select(orm["Book"].id).where(question[1](orm))
    asked = asked.order_by(*(_theirs(each, orm) for each in orders), orm["Book"].id)
    if size is not None:
        query, asked = query.limit(size), asked.limit(size)
    if start:
        query, asked = query.offset(start), asked.offset(start)

    expected = list(session.scalars(asked))
    assert [book.id for book in db.all(query)] == expected
    assert [
        book.id for book in db.all(query.load(shop.Book.author, shop.Book.editor))
    ] == expected
    assert db.count(query) == len(expected)
    assert db.exists(query) is bool(expected)


@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(question=QUESTIONS)
def test_a_question_and_its_opposite_have_every_row_that_is_known(both, question):
    db, session, shop, orm = both
    book = shop.Book
    asked = sa.select(orm["Book"].id).where(sa.not_(question[1](orm)))

    there = {b.id for b in db.all(book.where(question[0](shop)))}
    opposite = {b.id for b in db.all(book.where(not_(question[0](shop))))}
    assert there & opposite == set()
    # EXISTS of the ORM is never null; of a join to nothing the comparison is.
    assert opposite <= set(session.scalars(asked))


@settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(question=QUESTIONS, size=st.none() | st.integers(1, 4))
def test_loaded_relations_are_those_of_the_orm(both, question, size):
    db, session, shop, orm = both
    inner = shop.Author.books.where(question[0](shop)).order_by(
        shop.Book.year, shop.Book.id
    )
    authors = db.all(shop.Author.order_by(shop.Author.id).load(inner.limit(size)))

    for author in authors:
        asked = sa.select(orm["Book"].id).where(question[1](orm))
        asked = asked.where(orm["Book"].author_id == author.id)
        asked = asked.order_by(orm["Book"].year, orm["Book"].id).limit(size)
        assert [b.id for b in author.books] == list(session.scalars(asked))
