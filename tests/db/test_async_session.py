"""AsyncDb: the same as Db, and several tasks at a time."""

import asyncio
import threading

import pytest

from segue.core.errors import WalkError
from segue.db.command import Command
from segue.db.run.errors import (
    DatabaseError,
    ReadOnlyError,
    RepeatableError,
    UniqueError,
)
from tests.db.conftest import ask, write


class Stop(Exception):
    pass


def run(site, story, **options):
    """Run an async story on a database of its own loop."""
    database = site.database(**options)

    async def whole():
        try:
            return await story(database.adb())
        finally:
            database.close()

    return asyncio.run(whole())


@pytest.mark.feature("M-090")
def test_statements_outside_a_transaction_may_be_gathered(site):
    async def story(db):
        await asyncio.gather(*(db.run(site.add(f"name {n}")) for n in range(20)))
        parts = await asyncio.gather(*(db.run(site.names()) for _ in range(20)))
        return [len(part) for part in parts]

    assert run(site, story, pool_size=4) == [20] * 20


def test_a_transaction_is_kept_or_undone_as_a_whole(site):
    async def story(db):
        async with db.transaction():
            await db.run(site.add("Ann"))
            assert db.in_transaction
        with pytest.raises(Stop):
            async with db.transaction():
                await db.run(site.add("Ben"))
                raise Stop
        assert not db.in_transaction
        return await db.run(site.names())

    assert run(site, story) == [("Ann",)]


def test_a_transaction_inside_another_is_undone_alone(site):
    async def story(db):
        async with db.transaction():
            await db.run(site.add("Ann"))
            with pytest.raises(UniqueError):
                async with db.transaction():
                    await db.run(site.add("Ben"))
                    await db.run(site.add("Ann"))
            async with db.transaction():
                await db.run(site.add("Cem"))
        return await db.run(site.names())

    assert run(site, story) == [("Ann",), ("Cem",)]


def test_tasks_begun_in_a_transaction_belong_to_it(site):
    async def story(db):
        with pytest.raises(Stop):
            async with db.transaction():
                await asyncio.gather(*(db.run(site.add(f"{n}")) for n in range(5)))
                raise Stop
        return await db.run(site.names())

    assert run(site, story) == []


def test_tasks_beside_each_other_have_transactions_of_their_own(site):
    async def story(db):
        begun = asyncio.Event()

        async def fails():
            async with db.transaction():
                await db.run(site.add("Ann"))
                begun.set()
                await asyncio.sleep(0.05)
                raise Stop

        async def succeeds():
            await begun.wait()
            await db.run(site.add("Ben"))
            async with db.transaction():
                await db.run(site.add("Cem"))

        await asyncio.gather(fails(), succeeds(), return_exceptions=True)
        return await db.run(site.names())

    assert run(site, story) == [("Ben",), ("Cem",)]


def test_gathered_blocks_inside_one_transaction_take_turns(site):
    async def story(db):
        async def part(name, *, fails):
            async with db.transaction():
                await db.run(site.add(name))
                await asyncio.sleep(0.01)
                if fails:
                    raise Stop

        async with db.transaction():
            names = "Ann", "Ben", "Cem", "Dan"
            await asyncio.gather(
                *(part(name, fails=name in ("Ben", "Cem")) for name in names),
                return_exceptions=True,
            )
        return await db.run(site.names())

    assert run(site, story) == [("Ann",), ("Dan",)]


def test_a_block_whose_task_has_ended_goes_on_with_whoever_comes(site):
    async def story(db):
        async def parts():
            async with db.transaction():
                await db.run(site.add("Ann"))
                yield 1
                await db.run(site.add("Ben"))
                yield 2
                raise Stop

        rows = parts()

        async def step():
            return await anext(rows, None)

        # Each part of a stream may be read by a task of its own.
        assert await asyncio.create_task(step()) == 1
        assert await asyncio.create_task(step()) == 2
        with pytest.raises(Stop):
            await asyncio.create_task(step())
        return await db.run(site.names())

    assert run(site, story) == []


def test_hooks_are_called_or_awaited_when_it_is_committed(site, caplog):
    called = []

    async def story(db):
        async def later():
            called.append("awaited")

        async with db.transaction():
            db.on_commit(lambda: called.append("outer"))
            with pytest.raises(Stop):
                async with db.transaction():
                    db.on_commit(lambda: called.append("undone"))
                    raise Stop
            async with db.transaction():
                db.on_commit(later)
                db.on_commit(lambda: 1 / 0)
            assert called == []
        db.on_commit(later)
        db.on_commit(lambda: called.append("at once"))
        await asyncio.sleep(0)

    run(site, story)

    assert called == ["outer", "awaited", "at once", "awaited"]
    assert "on_commit" in caplog.text


def test_a_read_only_transaction_refuses_writes(site):
    async def story(db):
        with pytest.raises(ReadOnlyError):
            async with db.transaction(read_only=True):
                assert await db.run(site.names()) == []
                await db.run(site.add("Ann"))
        await db.run(site.add("Ben"))
        return await db.run(site.names())

    assert run(site, story) == [("Ben",)]


def test_a_function_is_done_again_where_another_transaction_was_in_the_way(site):
    async def story(db):
        attempts = []

        async def change(name):
            attempts.append(await db.run(site.add(name)))
            if len(attempts) < 3:
                raise RepeatableError("in the way")
            return "done"

        assert await db.transaction(retries=2)(change)("Ann") == "done"
        assert len(attempts) == 3
        return await db.run(site.names())

    assert run(site, story) == [("Ann",)]


def test_what_a_transaction_cannot_be_is_told(file):
    async def story(db):
        with pytest.raises(WalkError, match="SG-DB-130"):
            db.transaction(isolation="perfect")
        with pytest.raises(WalkError, match="SG-DB-132"):
            async with db.transaction(retries=1):
                pytest.fail("never entered")
        async with db.transaction():
            with pytest.raises(WalkError, match="SG-DB-131"):
                async with db.transaction(isolation="serializable"):
                    pytest.fail("never entered")

    run(file, story)


def test_the_steps_may_answer_an_error_of_the_database(site):
    def add_or_find(name):
        try:
            yield from site.add(name)
        except UniqueError:
            return (yield from site.cents(name))[0][0]
        return "added"

    async def story(db):
        return [await db.run(add_or_find("Ann")) for _ in range(2)]

    assert run(site, story) == ["added", 0]


def test_a_stream_reads_in_parts(site):
    command = Command("SELECT name FROM account ORDER BY name")

    async def story(db):
        for number in range(25):
            await db.run(site.add(f"name {number:02}"))
        parts = [len(part) async for part in db.stream_rows(command, 10)]
        async with db.transaction():
            parts += [len(part) async for part in db.stream_rows(command, 20)]
        rows = db.stream_rows(command, 10)
        async for part in rows:
            parts.append(len(part))
            break
        await rows.aclose()
        with pytest.raises(DatabaseError):
            async for _part in db.stream_rows(Command("SELECT nothing FROM nowhere")):
                pytest.fail("there is nothing")
        return parts, len(await db.run(site.names()))

    assert run(site, story, pool_size=1) == ([10, 10, 5, 20, 5, 10], 25)


def test_a_cancelled_statement_leaves_the_pool_as_it_was(server):
    sleep = "SELECT pg_sleep(5)" if server.kind == "postgresql" else "SELECT SLEEP(0.3)"

    async def story(db):
        def slow():
            yield Command(sleep)

        tasks = [asyncio.create_task(db.run(slow())) for _ in range(4)]
        await asyncio.sleep(0.1)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await db.run(server.add("Ann"))
        return await asyncio.gather(*(db.run(server.names()) for _ in range(4)))

    assert run(server, story, pool_size=2) == [[("Ann",)]] * 4


def test_a_cancelled_transaction_is_undone(site):
    async def story(db):
        async def never():
            async with db.transaction():
                await db.run(site.add("Ann"))
                await asyncio.sleep(60)

        task = asyncio.create_task(never())
        await asyncio.sleep(0.1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await db.run(site.add("Ben"))
        return await db.run(site.names())

    assert run(site, story, pool_size=1) == [("Ben",)]


def test_plain_code_works_on_the_same_connection(site):
    import sqlalchemy

    def plain(db):
        with db.transaction():
            db.run(site.add("Ben"))
            with db.sa() as connection:
                text = sqlalchemy.text("SELECT name FROM account ORDER BY name")
                found = [tuple(row) for row in connection.execute(text)]
                text = sqlalchemy.text("INSERT INTO account (name) VALUES ('Cem')")
                connection.execute(text)
        parts = list(db.stream_rows(Command("SELECT name FROM account"), 2))
        return found, [len(part) for part in parts], db.in_transaction

    async def story(db):
        with pytest.raises(Stop):
            async with db.transaction():
                await db.run(site.add("Ann"))
                told = await db.run_sync(plain)
                assert told == ([("Ann",), ("Ben",)], [2, 1], True)
                raise Stop
        assert (await db.run_sync(plain))[2] is False
        return await db.run(site.names())

    assert run(site, story) == [("Ben",), ("Cem",)]


def test_plain_code_beside_a_task_is_not_in_its_transaction(site):
    def plain(db):
        with db.transaction():
            db.run(site.add("Ann"))
            entered.set()
            asyncio.run_coroutine_threadsafe(asyncio.sleep(0.05), loops[0]).result()
            raise Stop

    entered, loops = asyncio.Event(), []

    async def story(db):
        loops.append(asyncio.get_running_loop())
        work = asyncio.create_task(db.run_sync(plain))
        await asyncio.sleep(0.02)
        await db.run(site.add("Ben"))
        with pytest.raises(Stop):
            await work
        return await db.run(site.names())

    assert run(site, story) == [("Ben",)]


def test_a_db_of_plain_code_is_refused_on_the_loop(file):
    async def story(db):
        kept = []
        await db.run_sync(kept.append)
        with pytest.raises(WalkError, match="SG-DB-140"):
            kept[0].run(file.names())

    run(file, story)


def test_hooks_of_plain_code_are_called_in_a_thread(file):
    called = []

    def plain(db):
        db.on_commit(lambda: called.append(threading.current_thread()))
        return len(called)

    async def story():
        db = file.database().adb()
        at_once = await db.run_sync(plain)
        async with db.transaction():
            later = await db.run_sync(plain)
        return at_once, later

    assert asyncio.run(story()) == (1, 1)
    assert len(called) == 2
    assert threading.main_thread() not in called


def test_a_savepoint_that_is_gone_does_not_hide_why(site):
    async def story(db):
        with pytest.raises(Stop):
            async with db.transaction(), db.transaction():
                await db.run(write("ROLLBACK"))
                raise Stop
        with pytest.raises(DatabaseError):
            async with db.transaction():
                await db.run(write("ROLLBACK"))
                async with db.transaction():
                    await db.run(ask("SELECT nothing FROM nowhere"))
        return await db.run(site.names())

    assert run(site, story) == []
