"""Relations: joined with the query, or asked for behind it, once for all objects."""

import pytest

from segue.db import NotLoaded, QueryError, has
from segue.db.command import Command


class Counting:
    """Runs steps and keeps what was asked."""

    def __init__(self, db):
        self.db = db
        self.commands = []

    def __call__(self, steps):
        def noted():
            try:
                command = next(steps)
                while True:
                    assert isinstance(command, Command)
                    self.commands.append(command.sql)
                    command = steps.send((yield command))
            except StopIteration as end:
                return end.value

        return self.db.run(noted())


@pytest.fixture
def asked(filled, monkeypatch):
    """What a filled shop was asked."""
    counting, run = Counting(filled), type(filled).run
    filled._fetch = None  # the way of `run` alone
    counting.db = type("Plain", (), {"run": staticmethod(lambda s: run(filled, s))})
    monkeypatch.setattr(type(filled), "run", lambda self, steps: counting(steps))
    return counting.commands


def test_a_relation_to_one_comes_with_a_join(filled, asked, shop):
    books = filled.all(shop.Book.order_by(shop.Book.id).load(shop.Book.author))

    assert [b.author.name for b in books] == ["Ada", "Ada", "Bob", "Bob", "Eve", "Eve"]
    assert books[0].author is books[1].author
    assert len(asked) == 1
    with pytest.raises(NotLoaded):
        _ = books[0].author.country


def test_relations_to_one_in_a_row_come_with_joins(filled, asked, shop):
    books = filled.all(shop.Book.order_by(shop.Book.id).load(shop.Book.author.country))

    assert books[0].author.country.name == "Germany"
    assert books[4].author.country is None
    assert len(asked) == 1


def test_two_relations_to_the_same_model_are_told_apart(filled, shop):
    book = shop.Book
    found = filled.all(book.order_by(book.id).load(book.author, book.editor))

    assert [(b.author.name, b.editor and b.editor.name) for b in found][:3] == [
        ("Ada", "Bob"), ("Ada", None), ("Bob", "Ada")]  # fmt: skip


def test_relations_to_many_take_one_query_each(filled, asked, shop):
    author = shop.Author
    found = filled.all(author.order_by(author.id).load(author.books.tags))

    assert [[b.title for b in a.books] for a in found] == [
        ["Alpha", "Beta"], ["Gamma", "Delta"], ["alpha 2", "Zeta_%"]]  # fmt: skip
    assert [t.name for t in found[0].books[0].tags] == ["old", "rare"]
    assert found[0].books[1].tags == []
    assert found[0].books[0].tags[0] is found[1].books[0].tags[0]
    assert len(asked) == 3


def test_the_reverse_side_is_never_set(filled, shop):
    (author, *_) = filled.all(shop.Author.load(shop.Author.books))

    with pytest.raises(NotLoaded):
        _ = author.books[0].author
    assert author.books[0].author_id == author.id


def test_what_is_related_may_be_filtered_sorted_and_limited(filled, shop):
    author, book = shop.Author, shop.Book
    recent = author.books.where(book.year >= 1990).order_by(-book.year)
    last = author.books.order_by(-book.year).limit(1)
    second = author.books.order_by(-book.year).limit(1)

    found = filled.all(author.order_by(author.id).load(recent))
    assert [[b.title for b in a.books] for a in found] == [
        ["Beta"], ["Delta", "Gamma"], ["alpha 2", "Zeta_%"]]  # fmt: skip
    found = filled.all(author.order_by(author.id).load(last))
    assert [[b.title for b in a.books] for a in found] == [
        ["Beta"],
        ["Delta"],
        ["alpha 2"],
    ]
    found = filled.all(author.order_by(author.id).load(second.offset(1)))
    assert [[b.title for b in a.books] for a in found] == [
        ["Alpha"],
        ["Gamma"],
        ["Zeta_%"],
    ]
    found = filled.all(author.order_by(author.id).load(last.limit(None).offset(1)))
    assert [[b.title for b in a.books] for a in found] == [
        ["Alpha"],
        ["Gamma"],
        ["Zeta_%"],
    ]


def test_many_to_many_may_be_limited_for_each(filled, shop):
    book, tag = shop.Book, shop.Tag
    found = filled.all(
        book.order_by(book.id).load(book.tags.order_by(tag.name).limit(1))
    )

    assert [[t.name for t in b.tags] for b in found] == [
        ["old"],
        [],
        ["old"],
        [],
        ["new"],
        [],
    ]


def test_what_is_related_loads_in_turn(filled, asked, shop):
    author, book = shop.Author, shop.Book
    books = author.books.where(book.year < 2000).load(book.editor, book.tags)
    found = filled.all(author.order_by(author.id).load(books))

    assert found[0].books[0].editor.name == "Bob"
    assert [t.name for t in found[0].books[0].tags] == ["old", "rare"]
    assert len(asked) == 3


def test_the_other_side_of_one_to_one_is_an_object_or_nothing(filled, shop):
    author = shop.Author
    found = filled.all(author.order_by(author.id).load(author.profile))

    assert found[0].profile.text == "Writes."
    assert found[1].profile is None


def test_objects_that_are_here_are_loaded_afterwards(filled, asked, shop):
    book = shop.Book
    books = filled.all(book.order_by(book.id))
    assert filled.load(books, book.author.country, book.tags, book.editor) is books

    assert books[0].author.country.name == "Germany"
    assert books[1].editor is None
    assert [t.name for t in books[2].tags] == ["old"]
    assert len(asked) == 4
    one = filled.load(filled.get(book, 1), book.author)
    assert one.author.name == "Ada"


def test_what_is_loaded_is_not_loaded_again(filled, asked, shop):
    book = shop.Book
    books = filled.all(book.order_by(book.id).load(book.author))
    del asked[:]
    filled.load(books, book.author.books)

    assert [b.title for b in books[0].author.books] == ["Alpha", "Beta"]
    assert len(asked) == 1


def test_nothing_is_loaded_of_nothing(filled, asked, shop):
    filled.all(shop.Author.where(shop.Author.name == "none").load(shop.Author.books))

    assert len(asked) == 1
    assert filled.load([], shop.Author.books) == []


def test_a_condition_and_a_load_share_their_join(filled, asked, shop):
    book = shop.Book
    filled.all(book.where(book.author.name == "Ada").load(book.author))

    assert asked[0].count("JOIN") == 1


def test_many_more_objects_than_one_statement_has_room_for(db, shop):
    authors = db.insert_many([shop.Author(name=str(n)) for n in range(1_500)])
    db.insert_many(shop.Book(title="T", year=1, author=a) for a in authors)
    found = db.all(shop.Author.load(shop.Author.books))

    assert sum(len(a.books) for a in found) == 1_500


def test_only_relations_are_loaded(shop):
    with pytest.raises(QueryError, match="SG-DB-035"):
        shop.Book.load(shop.Book.title)


def test_a_path_that_leads_nowhere_is_told(shop):
    with pytest.raises(QueryError, match="SG-DB-033") as e:
        _ = shop.Book.author.nmae
    assert "Did you mean 'name'?" in e.value.problem.fix


def test_has_looks_at_one_related_row(filled, shop):
    book = shop.Book
    found = filled.all(book.where(has(book.tags, shop.Tag.name == "rare")))

    assert [b.title for b in found] == ["Alpha"]
