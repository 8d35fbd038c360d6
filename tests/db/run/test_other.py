"""Any other database: what a driver of PEP 249 has, through SQLAlchemy."""

import asyncio

import pytest
import sqlalchemy
from sqlalchemy.engine import make_url

from segue.db.command import Command
from segue.db.run.address import Address
from segue.db.run.driver import Manner
from segue.db.run.errors import (
    CheckError,
    ConnectionLostError,
    ConstraintError,
    DatabaseBusyError,
    DataError,
    DeadlockError,
    DiskFullError,
    ForeignKeyError,
    NotNullError,
    ReadOnlyError,
    SerializationError,
    StatementError,
    UniqueError,
)
from segue.db.run.other import OtherDriver, mysql_error
from tests.db.conftest import ask, write


@pytest.fixture
def driver(tmp_path):
    # A dialect that is not known to us as such: the standard ways must do.
    return OtherDriver(Address("other", make_url(f"sqlite:///{tmp_path}/a.db"), {}))


@pytest.fixture
def connection(driver):
    connection = driver.connect()
    driver.drive(connection, write("CREATE TABLE t (n integer UNIQUE NOT NULL)"))
    yield connection
    driver.close(connection)


def test_statements_and_transactions_work_the_standard_way(driver, connection):
    driver.drive(connection, write("INSERT INTO t VALUES (?)", 1))
    driver.begin(connection, Manner())
    assert not driver.is_usable(connection)
    driver.drive(connection, write("INSERT INTO t VALUES (?)", 2))
    driver.end(connection, commit=False)
    assert driver.is_usable(connection)

    assert driver.drive(connection, ask("SELECT n FROM t")) == [(1,)]


def test_a_statement_of_sqlalchemy_goes_through_its_connection(driver, connection):
    table = sqlalchemy.table("t", sqlalchemy.column("n"))

    def steps():
        insert = table.insert(), {"n": 3}
        first = yield Command("", statement=insert, writes=True, rows=False)
        found = yield Command("", statement=sqlalchemy.select(table))
        return first.count, found.rows

    assert driver.drive(connection, steps()) == (1, [(3,)])


def test_many_values_are_one_transaction(driver, connection):
    command = Command("INSERT INTO t VALUES (?)", [(1,), (1,)], many=True)
    with pytest.raises(ConstraintError):
        driver.execute(connection, command)

    assert driver.drive(connection, ask("SELECT n FROM t")) == []


def test_errors_have_the_classes_of_the_standard(driver, connection):
    driver.drive(connection, write("INSERT INTO t VALUES (?)", 1))
    with pytest.raises(ConstraintError):
        driver.drive(connection, write("INSERT INTO t VALUES (?)", 1))
    with pytest.raises(StatementError):
        driver.drive(connection, ask("SELECT nothing"))
    with pytest.raises(StatementError):
        list(driver.stream(connection, Command("SELECT nothing"), 5))
    with pytest.raises(StatementError):
        driver.control(connection, "NONSENSE")
    with pytest.raises(DataError):
        driver.drive(connection, ask("SELECT ?", "\ud800"))


def test_rows_are_read_in_parts(driver, connection):
    for number in range(5):
        driver.drive(connection, write("INSERT INTO t VALUES (?)", number))
    parts = driver.stream(connection, Command("SELECT n FROM t ORDER BY n"), 2)

    assert list(parts) == [[(0,), (1,)], [(2,), (3,)], [(4,)]]


def test_a_connection_may_be_closed_twice(driver, connection):
    driver.ping(connection)
    driver.close(connection)
    driver.close(connection)


@pytest.mark.parametrize(
    ("number", "message", "kind", "told"),
    [
        (1062, "Duplicate entry 'a' for key 'slug'", UniqueError, ("slug", None, ())),
        (
            1062,
            "Duplicate entry 'a' for key 'book.slug'",
            UniqueError,
            ("slug", "book", ()),
        ),
        (
            1452,
            (
                "Cannot add or update a child row: a foreign key constraint fails "
                "(`shop`.`book`, CONSTRAINT `book_author` FOREIGN KEY "
                "(`author_id`, `b`) REFERENCES `author` (`id`))"
            ),
            ForeignKeyError,
            ("book_author", "book", ("author_id", "b")),
        ),
        (
            4025,
            "CONSTRAINT `price` failed for `shop`.`book`",
            CheckError,
            ("price", "book", ()),
        ),
        (
            3819,
            "Check constraint 'price' is violated.",
            CheckError,
            ("price", None, ()),
        ),
        (1048, "Column 'title' cannot be null", NotNullError, (None, None, ("title",))),
        (
            1364,
            "Field 'title' doesn't have a default value",
            NotNullError,
            (None, None, ("title",)),
        ),
        (1451, "of another wording", ForeignKeyError, (None, None, ())),
    ],
)
def test_mysql_tells_a_rule_in_words(number, message, kind, told):
    error = mysql_error(Exception(number, message))

    assert type(error) is kind
    assert (error.constraint, error.table, error.columns) == told


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (1213, DeadlockError),
        (1020, SerializationError),
        (1205, DatabaseBusyError),
        (3024, DatabaseBusyError),
        (1114, DiskFullError),
        (1290, ReadOnlyError),
        (1406, DataError),
        (2006, ConnectionLostError),
        (1064, StatementError),
    ],
)
def test_mysql_tells_everything_else_by_a_number(number, kind):
    assert type(mysql_error(Exception(number, "words"))) is kind


def test_an_error_without_a_number_is_one_of_the_statement():
    assert type(mysql_error(Exception("words"))) is StatementError


@pytest.mark.service("mariadb")
def test_async_code_drives_it_in_threads(tmp_path, servers):
    from segue.db.database import Database

    database = Database(servers("mariadb"), pool_size=2)

    async def story():
        db = database.adb()
        await db.run(write("CREATE TABLE other (n integer)"))
        await asyncio.gather(
            *(db.run(write("INSERT INTO other VALUES (%s)", n)) for n in range(9))
        )
        return await db.run(ask("SELECT count(*) FROM other"))

    assert asyncio.run(story()) == [(9,)]
    database.db().run(write("DROP TABLE other"))
    database.close()


@pytest.mark.service("mariadb")
def test_of_a_key_of_two_tables_the_statement_says_which(servers):
    from segue.db.database import Database

    database = Database(servers("mariadb"))
    db = database.db()
    for table, column in (("one", "a"), ("two", "b"), ("three", "c")):
        db.run(
            write(f"CREATE TABLE {table} ({column} integer, UNIQUE same ({column}))")
        )
    db.run(write("INSERT INTO two VALUES (5)"))

    with pytest.raises(UniqueError) as plain:
        db.run(write("INSERT INTO two VALUES (5)"))
    with pytest.raises(UniqueError) as mixed:
        db.run(write("INSERT INTO two SELECT 5 FROM two LEFT JOIN one ON a = b"))

    assert (plain.value.table, plain.value.columns) == ("two", ("b",))
    assert (mixed.value.table, mixed.value.columns) == (None, ())
    db.run(write("DROP TABLE one, two, three"))
    database.close()
