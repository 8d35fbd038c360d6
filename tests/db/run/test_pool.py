"""The pool: who waits is served in order, what is dead is replaced, nothing leaks."""

import asyncio
import logging
import threading

import pytest

from segue.db.run.errors import PoolTimeoutError
from segue.db.run.pool import Pool, PoolLimits


class Connector:
    """Opens numbers."""

    def __init__(self):
        self.opened = []
        self.closed = []
        self.dead = set()
        self.busy = set()
        self.refuses = False

    def connect(self):
        if self.refuses:
            raise ConnectionError("refused")
        self.opened.append(len(self.opened))
        return self.opened[-1]

    def close(self, connection):
        self.closed.append(connection)

    def is_usable(self, connection):
        return connection not in self.busy

    def ping(self, connection):
        if connection in self.dead:
            raise ConnectionError("dead")


class AsyncConnector(Connector):
    async def connect(self):
        return super().connect()

    async def ping(self, connection):
        super().ping(connection)


@pytest.fixture
def connector():
    return Connector()


def limits(size=2, wait=0.05, lifetime=None, idle=None):
    return PoolLimits(size, wait, lifetime, idle)


def in_thread(function):
    outcome = []

    def work():
        try:
            outcome.append(function())
        except Exception as error:
            outcome.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    return thread, outcome


def until(condition):
    for _ in range(2000):
        if condition():
            return
        threading.Event().wait(0.001)
    pytest.fail("it never came to be")


def test_what_was_given_back_last_is_lent_first(connector):
    pool = Pool(connector, limits(3))
    slots = [pool.take() for _ in range(3)]
    for slot in slots:
        pool.give(slot)

    assert [pool.take().connection for _ in range(3)] == [2, 1, 0]
    assert pool.statistics.opened == 3


def test_who_comes_when_all_are_lent_waits_in_order(connector):
    pool = Pool(connector, limits(1, wait=10))
    slot, got = pool.take(), []

    def work(name):
        taken = pool.take()
        got.append(name)
        pool.give(taken)

    threads = []
    for name in ("a", "b", "c"):
        threads.append(in_thread(lambda name=name: work(name))[0])
        until(lambda: pool.statistics.waiting == len(threads))
    pool.give(slot)
    for thread in threads:
        thread.join()

    assert got == ["a", "b", "c"]
    assert pool.statistics.waited == 3
    assert len(connector.opened) == 1


def test_who_waited_too_long_is_told(connector):
    pool = Pool(connector, limits(1, wait=0.01), "the shop")
    slot = pool.take()
    with pytest.raises(PoolTimeoutError, match=r"All 1 connections to the shop.*0\.01"):
        pool.take()
    pool.give(slot)

    assert pool.take() is slot
    assert (pool.statistics.timeouts, pool.statistics.waiting) == (1, 0)


def test_a_connection_that_broke_makes_room_for_another(connector):
    pool = Pool(connector, limits(1, wait=10))
    slot = pool.take()
    thread, outcome = in_thread(pool.take)
    until(lambda: pool.statistics.waiting == 1)
    connector.busy.add(0)
    pool.give_after_error(slot)
    thread.join()

    assert outcome[0].connection == 1
    assert connector.closed == [0]
    assert pool.statistics.replaced == 1


def test_a_connection_after_an_error_is_kept_where_it_is_usable(connector):
    pool = Pool(connector, limits(1))
    slot = pool.take()
    pool.give_after_error(slot)

    assert pool.take() is slot


def test_who_cannot_open_one_leaves_its_place_to_others(connector):
    pool = Pool(connector, limits(1, wait=10))
    slot = pool.take()
    connector.refuses = True
    thread, outcome = in_thread(pool.take)
    until(lambda: pool.statistics.waiting == 1)
    pool.drop(slot)
    thread.join()
    connector.refuses = False

    assert isinstance(outcome[0], ConnectionError)
    assert pool.take().connection == 1


def test_a_connection_that_was_idle_is_asked_first(connector, caplog):
    pool = Pool(connector, limits(2, idle=0.0))
    first, second = pool.take(), pool.take()
    pool.give(first)
    pool.give(second)
    connector.dead.add(second.connection)

    with caplog.at_level(logging.WARNING, "segue.db"):
        assert pool.take() is first
    assert "was dead" in caplog.text
    assert pool.take_now() is None


def test_a_connection_that_is_too_old_is_replaced(connector):
    pool = Pool(connector, limits(1, lifetime=0.0))
    pool.give(pool.take())

    assert pool.take().connection == 1
    assert connector.closed == [0]


def test_a_suspect_pool_asks_each_once(connector):
    pool = Pool(connector, limits(1, idle=60))
    slot = pool.take()
    pool.give(slot)
    pool.suspect()
    assert pool.take_now() is None

    assert pool.take() is slot
    pool.give(slot)
    assert pool.take_now() is slot


def test_a_closed_pool_closes_what_comes_back(connector):
    pool = Pool(connector, limits(2))
    lent, idle = pool.take(), pool.take()
    pool.give(idle)
    pool.close()
    assert connector.closed == [1]
    pool.give(lent)

    assert connector.closed == [1, 0]
    assert pool.statistics.opened == 0


def test_tasks_and_threads_wait_in_one_line(connector):
    async def run(function, *arguments):
        return function(*arguments)

    pool = Pool(connector, limits(1, wait=10), opener=run)

    async def story():
        slot, got = await pool.atake(), []

        async def work(name):
            taken = await pool.atake()
            got.append(name)
            pool.give(taken)

        tasks = [asyncio.create_task(work("a"))]
        await asyncio.sleep(0)
        thread, _outcome = in_thread(lambda: got.append("b") or pool.give(pool.take()))
        until(lambda: pool.statistics.waiting == 2)
        tasks.append(asyncio.create_task(work("c")))
        await asyncio.sleep(0)
        pool.give(slot)
        await asyncio.gather(*tasks)
        thread.join()
        return got

    assert sorted(asyncio.run(story())) == ["a", "b", "c"]
    assert pool.statistics.waiting == 0


def test_a_task_that_waited_too_long_is_told(connector):
    pool = Pool(AsyncConnector(), limits(1, wait=0.01))

    async def story():
        slot = await pool.atake()
        with pytest.raises(PoolTimeoutError):
            await pool.atake()
        pool.give(slot)
        return await pool.atake() is slot

    assert asyncio.run(story())


def test_what_comes_for_a_cancelled_task_goes_to_the_next():
    pool = Pool(AsyncConnector(), limits(1, wait=10))

    async def story():
        slot = await pool.atake()
        first = asyncio.create_task(pool.atake())
        second = asyncio.create_task(pool.atake())
        await asyncio.sleep(0)
        pool.give(slot)
        first.cancel()
        assert await second is slot
        third = asyncio.create_task(pool.atake())
        await asyncio.sleep(0)
        third.cancel()
        await asyncio.gather(first, third, return_exceptions=True)
        pool.give(slot)
        return pool.statistics

    found = asyncio.run(story())
    assert (found.idle, found.opened, found.waiting) == (1, 1, 0)


def test_leave_to_open_one_that_comes_for_a_cancelled_task_is_not_lost():
    connector = AsyncConnector()
    pool = Pool(connector, limits(1, wait=10))

    async def story():
        slot = await pool.atake()
        first = asyncio.create_task(pool.atake())
        second = asyncio.create_task(pool.atake())
        await asyncio.sleep(0)
        pool.drop(slot)
        first.cancel()
        return (await second).connection

    assert asyncio.run(story()) == 1


def test_async_connections_are_asked_and_replaced(caplog):
    connector = AsyncConnector()
    pool = Pool(connector, limits(2, idle=0.0))

    async def story():
        first, second = await pool.atake(), await pool.atake()
        pool.give(first)
        pool.give(second)
        connector.dead.add(second.connection)
        assert await pool.atake() is first
        connector.refuses = True
        with pytest.raises(ConnectionError):
            await pool.atake()
        return pool.statistics

    found = asyncio.run(story())
    assert (found.opened, found.replaced) == (1, 1)


def test_a_task_cancelled_while_it_asks_closes_what_it_asked():
    connector = AsyncConnector()

    async def never(connection):
        await asyncio.sleep(60)

    pool = Pool(connector, limits(1, idle=0.0))

    async def story():
        pool.give(await pool.atake())
        connector.ping = never
        task = asyncio.create_task(pool.atake())
        await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return pool.statistics.opened

    assert asyncio.run(story()) == 0
    assert connector.closed == [0]


def test_a_loop_that_is_gone_is_passed_over(connector):
    async def run(function, *arguments):
        return function(*arguments)

    pool = Pool(connector, limits(1, wait=10), opener=run)
    slot = pool.take()
    loop = asyncio.new_event_loop()
    task = loop.create_task(pool.atake())
    loop.run_until_complete(asyncio.sleep(0))
    thread, outcome = in_thread(pool.take)
    until(lambda: pool.statistics.waiting == 2)
    task.cancel()
    task.get_coro().close()
    loop.close()
    pool.give(slot)
    thread.join()

    assert outcome == [slot]
