"""A source: what is done again on another connection, and what is not."""

import asyncio

import pytest

from segue.db.command import Command, Result
from segue.db.run.driver import Lost, Manner
from segue.db.run.errors import ConnectionLostError, StatementError
from segue.db.run.pool import Pool, PoolLimits
from segue.db.run.source import AsyncSource, Source


class Fragile:
    """A driver whose connections break as they are told to.

    Attributes:
        script: For each thing that is done, in order, what it raises; None for nothing.
    """

    dialect = None

    def __init__(self, *script):
        self.script = list(script)
        self.connected = 0
        self.closed = []

    def _next(self):
        if self.script and (error := self.script.pop(0)) is not None:
            raise error

    def connect(self):
        self._next()
        self.connected += 1
        return self.connected

    def close(self, connection):
        self.closed.append(connection)

    def is_usable(self, connection):
        return False

    def ping(self, connection):
        pass

    def drive(self, connection, steps, command=None, *, repeats=False):
        command = command or next(steps)
        try:
            self._next()
        except ConnectionLostError as error:
            if repeats:
                raise Lost(command, error) from error
            raise
        try:
            steps.send(Result([(connection,)], 1))
        except StopIteration as end:
            return end.value

    def begin(self, connection, manner):
        self._next()

    def end(self, connection, *, commit):
        self._next()


class AsyncFragile(Fragile):
    async def connect(self):
        return super().connect()

    async def drive(self, *arguments, **named):
        return super().drive(*arguments, **named)

    async def begin(self, connection, manner):
        return super().begin(connection, manner)

    async def end(self, connection, *, commit):
        return super().end(connection, commit=commit)


class Plain:
    """A source, called the same way for both colours."""

    def __init__(self, *script):
        self.driver = Fragile(*script)
        self.source = Source(self.driver, Pool(self.driver, PoolLimits(1, 0.1)))

    def __getattr__(self, name):
        return getattr(self.source, name)


class Awaited:
    def __init__(self, *script):
        self.driver = AsyncFragile(*script)
        self.source = AsyncSource(self.driver, Pool(self.driver, PoolLimits(1, 0.1)))

    def __getattr__(self, name):
        def call(*arguments, **named):
            return asyncio.run(getattr(self.source, name)(*arguments, **named))

        return call


@pytest.fixture(params=[Plain, Awaited])
def make(request):
    return request.param


def lost():
    return ConnectionLostError("gone")


def steps():
    result = yield Command("SELECT 1")
    return result.rows[0][0]


def patient():
    try:
        return (yield from steps())
    except ConnectionLostError:
        return "none"


def test_a_read_is_done_again_once(make):
    source = make(None, lost(), None, None)

    assert source.run(steps()) == 2
    assert source.driver.closed == [1]


def test_a_read_is_not_done_a_third_time(make):
    source = make(None, lost(), None, lost())
    with pytest.raises(ConnectionLostError):
        source.run(steps())

    assert source.driver.closed == [1, 2]


def test_where_no_other_can_be_opened_the_steps_are_told(make):
    with pytest.raises(ConnectionLostError, match="away"):
        make(None, lost(), ConnectionLostError("away")).run(steps())

    assert make(None, lost(), lost()).run(patient()) == "none"


def test_steps_that_go_on_after_it_are_ended(make):
    def stubborn():
        for _ in range(3):
            try:
                yield Command("SELECT 1")
            except ConnectionLostError:
                continue

    with pytest.raises(ConnectionLostError):
        make(None, lost(), lost()).run(stubborn())


def test_a_transaction_begins_on_another_once(make):
    source = make(None, lost(), None, None)
    slot = source.begin(Manner())

    assert slot.connection == 2
    source.end(slot, commit=True)


def test_a_transaction_that_cannot_begin_gives_its_connection_back(make):
    for script in ([None, StatementError("x")], [None, lost(), None, lost()]):
        source = make(*script)
        with pytest.raises((StatementError, ConnectionLostError)):
            source.begin(Manner())
        assert source.driver.closed[-1] == source.driver.connected


def test_a_commit_that_fails_is_told(make):
    source = make(None, None, lost())
    with pytest.raises(ConnectionLostError):
        source.end(source.begin(Manner()), commit=True)

    assert source.driver.closed == [1]


def test_a_rollback_that_fails_is_only_noted(make, caplog):
    source = make(None, None, lost())
    source.end(source.begin(Manner()), commit=False)

    assert source.driver.closed == [1]
    assert "in a transaction" in caplog.text


def test_what_is_no_error_of_the_database_passes(make):
    source = make(None, None, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        source.end(source.begin(Manner()), commit=True)

    assert source.driver.closed == [1]
