"""How relations go from one table to another, and where they could go two ways."""

from typing import Annotated

import pytest

from segue.db import Key, Many, Model, ModelError, One, Unique, many, one
from segue.db.paths import path_of
from segue.db.relations import find_way


@pytest.fixture
def root():
    class Root(Model, root=True):
        pass

    return Root


def _way(path):
    return find_way(path_of(path)[1][-1])


def test_a_relation_to_one_has_the_key(root):
    class Author(root):
        name: str

    class Book(root):
        author: Author

    assert _way(Book.author).kind == "to one"


def test_the_relation_back_is_found(root):
    class Author(root):
        books: Many["Book"] = many()

    class Book(root):
        writer: Author

    assert (_way(Author.books).kind, _way(Author.books).back.name) == ("back", "writer")


def test_of_several_relations_back_one_is_named(root):
    class Person(root):
        sent: Many["Letter"] = many(by="sender")
        any: Many["Letter"] = many()
        wrong: Many["Letter"] = many(by="sendr")

    class Letter(root):
        sender: Person
        receiver: Person

    assert _way(Person.sent).back.name == "sender"
    for path in (Person.any, Person.wrong):
        with pytest.raises(ModelError, match="SG-DB-008") as e:
            _way(path)
        assert (
            "Letter.sender, Letter.receiver" in e.value.problem.what
            or path is Person.wrong
        )


def test_without_a_relation_back_there_is_a_link(root):
    class Book(root):
        tags: Many["Tag"] = many()

    class Tag(root):
        books: Many[Book] = many()

    there, back = _way(Book.tags), _way(Tag.books)

    assert (there.link, there.near, there.far) == ("book_tag", "book_id", "tag_id")
    assert (back.link, back.near, back.far) == ("book_tag", "tag_id", "book_id")
    assert set(root.metadata.tables) == {"book", "tag", "book_tag"}


def test_a_link_may_have_a_name_and_another_side(root):
    class Person(root):
        follows: Many["Person"] = many(link="follow")
        followers: Many["Person"] = many(by="follows")

    there, back = _way(Person.follows), _way(Person.followers)

    assert (there.link, there.near, there.far) == (
        "follow",
        "person_id",
        "other_person_id",
    )
    assert (back.link, back.near, back.far) == (
        "follow",
        "other_person_id",
        "person_id",
    )


def test_the_other_side_of_one_to_one_needs_its_relation(root):
    class User(root):
        profile: One["Profile"] = one()
        secret: One["Secret"] = one()

    class Profile(root):
        user: Annotated[User, Unique()]

    class Secret(root):
        text: str

    assert _way(User.profile).back.name == "user"
    with pytest.raises(ModelError, match="SG-DB-008"):
        _way(User.secret)


def test_a_relation_to_a_composite_key_is_refused(root):
    class Seat(root):
        row: Key[int]
        number: Key[int]

    class Ticket(root):
        seat: Seat

    with pytest.raises(ModelError, match="SG-DB-009"):
        _ = Ticket.metadata


def test_a_model_in_between_must_link_the_two(root):
    class Person(root):
        clubs: Many["Club"] = many(through="Membership")
        friends: Many["Person"] = many(through="Friendship")

    class Club(root):
        name: str

    class Membership(root):
        person: Person

    class Friendship(root):
        one: Person
        other: Person

    with pytest.raises(ModelError, match="SG-DB-010"):
        _way(Person.clubs)
    assert (_way(Person.friends).near, _way(Person.friends).far) == (
        "one_id",
        "other_id",
    )
