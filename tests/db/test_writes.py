"""Writes: every one is checked, and the database has what the object says."""

import datetime as dt
import threading
from decimal import Decimal

import pytest

from segue.db import Check, Key, Many, Model, QueryError, many, server
from segue.db.database import Database
from segue.db.validation import Invalid
from segue.db.writes import _portions


def _author(db, shop, name="Ada"):
    return db.insert(shop.Author(name=name))


def test_an_inserted_object_has_what_the_database_gave(db, shop):
    author = _author(db, shop)

    assert author.id == 1
    assert "_new" not in author.__dict__
    assert db.get(shop.Author, 1) == author


def test_defaults_of_the_database_and_computed_columns_come_back(tmp_path):
    from typing import Annotated

    from segue.db import Column

    class Root(Model, root=True):
        pass

    class Thing(Root):
        name: str
        made: str = server("'here'")
        size: Annotated[int, Column(generated="length(name)")] = 0

    database = Database(f"sqlite:///{tmp_path / 'x.db'}", models=Root)
    db = database.db()
    with db.sa() as connection:
        Root.metadata.create_all(connection)
    thing = db.insert(Thing(name="abc"))
    other = db.insert(Thing(name="ab", made="there"))

    assert (thing.made, thing.size) == ("here", 3)
    assert (other.made, other.size) == ("there", 2)
    thing.name = "abcd"
    db.save(thing)
    assert db.get(Thing, 1).size == 4
    with pytest.raises(QueryError, match="SG-DB-046"):
        db.update(Thing.query(), size=3)
    database.close()


def test_many_are_inserted_at_once_with_their_keys(db, shop):
    authors = db.insert_many([shop.Author(name=str(n)) for n in range(1_300)])

    assert [a.id for a in authors] == list(range(1, 1_301))
    assert db.get(shop.Author, 777).name == "776"
    assert db.insert_many([]) == []


def test_rows_are_inserted_in_powers_of_two():
    assert list(_portions(1_300, 4)) == [512, 512, 256, 16, 4]
    assert list(_portions(3, 20_000)) == [1, 1, 1]


def test_of_many_none_is_inserted_when_one_does_not_fit(db, shop):
    good = [shop.Author(name=str(n)) for n in range(600)]

    with pytest.raises(Invalid):
        db.insert_many([*good, shop.Author(name="x" * 81)])
    tags = [shop.Tag(name=str(n)) for n in range(600)]
    with pytest.raises(Exception, match="name"):
        db.insert_many([*tags, shop.Tag(name="0")])
    assert (db.count(shop.Author), db.count(shop.Tag)) == (0, 0)


@pytest.mark.feature("M-098")
def test_everything_that_is_wrong_is_told_at_once(db, shop):
    book = shop.Book(
        title="x" * 121,
        year=-1,
        price="many",
        author=None,
        published=dt.datetime(2024, 1, 1),  # noqa: DTZ001
    )

    with pytest.raises(Invalid) as e:
        db.insert(book)
    assert set(e.value.faults) == {"title", "year", "price", "author", "published"}
    assert e.value.status == 422
    assert {each["name"] for each in e.value.extra["errors"]} == set(e.value.faults)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", 3),
        ("title", None),
        ("title", "a\x00b"),
        ("year", 1 << 63),
        ("year", "1"),
        ("kind", "paper"),
        ("size", {"width": 1}),
        ("code", "no"),
        ("published", "2024-01-01"),
        ("price", 1.5),
    ],
)
def test_a_value_of_another_type_is_refused(db, shop, field, value):
    values = {"title": "T", "year": 1, "author": _author(db, shop), field: value}

    with pytest.raises(Invalid) as e:
        db.insert(shop.Book(**values))
    assert list(e.value.faults) == [field]


def test_a_related_object_must_be_inserted_first(db, shop):
    with pytest.raises(Invalid, match="author"):
        db.insert(shop.Book(title="T", year=1, author=shop.Author(name="new")))


def test_only_what_changed_is_saved(filled, shop):
    one, other = filled.get(shop.Book, 1), filled.get(shop.Book, 1)
    one.title = "One"
    other.year = 1981
    filled.save(one)
    filled.save(other)
    found = filled.get(shop.Book, 1)

    assert (found.title, found.year) == ("One", 1981)
    assert "_changed" not in one.__dict__


def test_saving_without_a_change_asks_nothing(filled, shop):
    book = filled.get(shop.Book, 1)

    assert filled.save(book) is book
    book.id = book.id
    assert filled.save(book) is book


def test_saving_what_is_new_inserts_it(db, shop):
    assert db.save(shop.Author(name="Ada")).id == 1


def test_a_field_may_be_saved_by_name(db, shop):
    author = _author(db, shop)
    book = db.insert(shop.Book(title="T", year=1, author=author, size=shop.Size(1)))
    book.size.width = 9
    db.save(book, "size")

    assert db.get(shop.Book, book.id).size == shop.Size(9)


def test_a_relation_is_saved_by_its_object_or_key(filled, shop):
    book = filled.get(shop.Book, 1)
    book.author = filled.get(shop.Author, 2)
    book.editor_id = 3
    filled.save(book)
    found = filled.get(shop.Book, 1)

    assert (found.author_id, found.editor_id) == (2, 3)


def test_saving_what_is_gone_is_an_error(filled, shop):
    book = filled.get(shop.Book, 1)
    filled.delete(filled.get(shop.Book, 1))
    book.title = "gone"

    with pytest.raises(QueryError, match="SG-DB-045"):
        filled.save(book)


def test_saving_checks_the_values(filled, shop):
    book = filled.get(shop.Book, 1)
    book.year = -1

    with pytest.raises(Invalid, match="year"):
        filled.save(book)


def test_rows_of_a_query_are_updated(filled, shop):
    book = shop.Book
    changed = filled.update(
        book.where(book.author.name == "Ada"), price=book.price * 2, year=1
    )

    assert changed == 2
    assert filled.get(book, 1).price == Decimal("21.00")
    assert filled.update(book, editor=filled.get(shop.Author, 3)) == 6
    assert filled.update(book.order_by(book.id).limit(2), title=book.title + "!") == 2
    assert filled.get(book, 2).title == "Beta!"
    assert filled.update(book.where(book.tags.name == "new"), year=book.year + 1) == 1


def test_updates_check_their_values(filled, shop):
    with pytest.raises(Invalid) as e:
        filled.update(shop.Book.query(), year=-1, title="x" * 200)
    assert set(e.value.faults) == {"year", "title"}
    with pytest.raises(QueryError, match="SG-DB-046") as problem:
        filled.update(shop.Book.query(), titel="x")
    assert "Did you mean 'title'?" in problem.value.problem.fix


def test_objects_and_rows_are_deleted(filled, shop):
    book = shop.Book

    assert filled.delete(filled.get(book, 1)) == 1
    assert filled.delete(book.where(book.author.name == "Bob")) == 2
    assert filled.count(book) == 3
    assert filled.delete(book.query()) == 3
    with pytest.raises(Exception, match="SG-DB-021"):
        filled.delete(shop.Tag(name="new"))


def test_what_belongs_to_a_deleted_object_goes_with_it(filled, shop):
    filled.delete(filled.get(shop.Author, 3))

    assert filled.count(shop.Book) == 4


def test_a_row_that_is_there_is_changed_by_upsert(db, shop):
    first = db.upsert(shop.Country(code="DE", name="Germany"), on=shop.Country.code)
    second = db.upsert(shop.Country(code="DE", name="Deutschland"), on="code")

    assert first == second
    assert [c.name for c in db.all(shop.Country)] == ["Deutschland"]


def test_upsert_gives_the_key_of_the_row(filled, shop):
    author = filled.get(shop.Author, 1)
    book = filled.upsert(
        shop.Book(title="Alpha", year=7, author=author),
        on=[shop.Book.title, shop.Book.author],
    )

    assert book.id == 1
    assert filled.get(shop.Book, 1).year == 7
    assert filled.count(shop.Book) == 6


def test_get_or_create_inserts_once(db, shop):
    one, made = db.get_or_create(shop.Tag(name="new"), on=shop.Tag.name)
    same, again = db.get_or_create(shop.Tag(name="new"), on=shop.Tag.name)

    assert (made, again) == (True, False)
    assert one == same


def test_get_or_create_has_no_race(opened, shop):
    database = opened("empty")
    start, found = threading.Barrier(8), []

    def work():
        db = database.db()
        start.wait()
        found.append(db.get_or_create(shop.Tag(name="new"), on="name"))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(made for _, made in found) == 1
    assert {tag.id for tag, _ in found} == {1}


def test_links_are_added_and_removed(filled, shop):
    book, tag = filled.get(shop.Book, 2), filled.get(shop.Tag, 1)
    filled.add(book, shop.Book.tags, tag, 2)
    filled.add(book, shop.Book.tags, tag)
    filled.add(book, shop.Book.tags)

    assert [t.id for t in filled.load(book, shop.Book.tags).tags] == [1, 2]
    filled.remove(book, shop.Book.tags, tag)
    filled.remove(book, shop.Book.tags)
    assert [
        t.id for t in filled.load(filled.get(shop.Book, 2), shop.Book.tags).tags
    ] == [2]
    with pytest.raises(QueryError, match="SG-DB-047"):
        filled.add(filled.get(shop.Author, 1), shop.Author.books, book)


@pytest.mark.feature("M-096")
def test_composite_keys_are_read_and_written(tmp_path):
    class Root(Model, root=True):
        pass

    class Seat(Root):
        row: Key[int]
        number: Key[int]
        taken: bool = False

        __rules__ = (Check("number > 0", name="positive"),)

    database = Database(f"sqlite:///{tmp_path / 'x.db'}", models=Root)
    db = database.db()
    with db.sa() as connection:
        Root.metadata.create_all(connection)
    seat = db.insert(Seat(row=1, number=2))
    seat.taken = True
    db.save(seat)

    assert db.get(Seat, (1, 2)).taken is True
    assert db.get(Seat, (1, 3)) is None
    assert db.get_many(Seat, [(1, 2), (9, 9)]) == [seat]
    assert db.delete(seat) == 1
    with pytest.raises(Exception, match="positive"):
        db.insert(Seat(row=1, number=0))
    database.close()


def test_a_model_in_between_links_two(tmp_path):
    class Root(Model, root=True):
        pass

    class Person(Root):
        name: str
        clubs: Many["Club"] = many(through="Membership")

    class Club(Root):
        name: str
        people: Many[Person] = many(through="Membership")

    class Membership(Root):
        person: Person
        club: Club
        since: int = 0

    database = Database(f"sqlite:///{tmp_path / 'x.db'}", models=Root)
    db = database.db()
    with db.sa() as connection:
        Root.metadata.create_all(connection)
    ann, chess = db.insert(Person(name="Ann")), db.insert(Club(name="Chess"))
    db.insert(Membership(person=ann, club=chess, since=3))

    assert [c.name for c in db.load(ann, Person.clubs).clubs] == ["Chess"]
    assert db.count(Club.where(Club.people.name == "Ann")) == 1
    with pytest.raises(QueryError, match="SG-DB-047"):
        db.add(ann, Person.clubs, chess)
    database.close()


def test_a_written_object_is_what_will_be_read(db, shop):
    import datetime as dt

    east = dt.timezone(dt.timedelta(hours=2))
    author = _author(db, shop)
    book = db.insert(
        shop.Book(
            title="T",
            year=1,
            price=Decimal("1.005"),
            published=dt.datetime(2024, 1, 1, 2, tzinfo=east),
            author=author,
        )
    )
    other = db.insert(shop.Book(title="U", year=1, price=3, author=author))
    found = db.get(shop.Book, book.id)

    assert (str(book.price), str(found.price)) == ("1.01", "1.01")
    assert (str(book.published), str(found.published)) == (
        "2024-01-01 00:00:00+00:00", "2024-01-01 00:00:00+00:00")  # fmt: skip
    assert str(other.price) == "3.00"
    assert "_changed" not in book.__dict__


def test_a_version_refuses_who_comes_too_late(tmp_path):
    from typing import Annotated

    from segue.db import Version
    from segue.db.validation import StaleError

    class Root(Model, root=True):
        pass

    class Page(Root):
        text: str
        version: Annotated[int, Version()] = 1

    database = Database(f"sqlite:///{tmp_path / 'x.db'}", models=Root)
    db = database.db()
    with db.sa() as connection:
        Root.metadata.create_all(connection)
    db.insert(Page(text="a"))
    one, other = db.get(Page, 1), db.get(Page, 1)
    one.text = "b"
    other.text = "c"
    db.save(one)

    assert one.version == 2
    with pytest.raises(StaleError):
        db.save(other)
    assert other.version == 1
    one.text = "d"
    db.save(one)
    assert (db.get(Page, 1).text, db.get(Page, 1).version) == ("d", 3)
    database.close()


def test_without_returning_keys_come_one_by_one(db, shop, monkeypatch):
    """As MySQL does it: the key is told beside the rows, other values are read anew."""
    from sqlalchemy.dialects.mysql.pymysql import MySQLDialect_pymysql

    from segue.db import writes
    from segue.db.command import Result
    from segue.db.plans import Plans

    dialect = MySQLDialect_pymysql()
    dialect.paramstyle, dialect.positional = "format", True
    plans, keys = Plans(dialect), iter(range(7, 20))

    def drive(steps):
        asked = []
        try:
            command = next(steps)
            while True:
                asked.append(command.sql.split()[0])
                command = steps.send(Result([], 1, next(keys)))
        except StopIteration as end:
            return end.value, asked

    tag, asked = drive(writes.insert(plans, shop.Tag(name="x")))
    tags, more = drive(writes.insert_many(plans, [shop.Tag(name=n) for n in "ab"]))
    found, last = drive(writes.get_or_create(plans, shop.Tag(name="x"), ["name"]))

    assert (tag.id, asked) == (7, ["INSERT"])
    assert ([t.id for t in tags], more) == ([8, 9], ["INSERT", "INSERT"])
    assert last == ["SELECT", "INSERT", "SELECT"]
    assert found[1] is True
