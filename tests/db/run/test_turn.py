"""A turn is handed on in the order of asking, to threads and tasks alike."""

import asyncio
import threading

import pytest

from segue.db.run.turn import Turn


def until(condition):
    for _ in range(2000):
        if condition():
            return
        threading.Event().wait(0.001)
    pytest.fail("it never came to be")


def test_it_is_had_at_once_where_nobody_has_it():
    turn = Turn()

    assert turn.take(0)
    assert not turn.take(0.01)
    turn.give()
    assert turn.take(0)
    assert turn.waited == 1


def test_threads_have_it_in_the_order_of_asking():
    turn, got, threads = Turn(), [], []
    turn.take(0)

    def work(name):
        turn.take(10)
        got.append(name)
        turn.give()

    for name in "abc":
        threads.append(threading.Thread(target=work, args=(name,)))
        threads[-1].start()
        until(lambda: turn.waited == len(threads))
    turn.give()
    for thread in threads:
        thread.join()

    assert got == ["a", "b", "c"]


def test_tasks_wait_for_it_too():
    turn = Turn()

    async def story():
        got = []
        assert await turn.atake(1)

        async def work(name):
            assert await turn.atake(10)
            got.append(name)
            turn.give()

        tasks = [asyncio.create_task(work(name)) for name in "abc"]
        await asyncio.sleep(0)
        assert not await turn.atake(0.01)
        tasks[1].cancel()
        turn.give()
        await asyncio.gather(*tasks, return_exceptions=True)
        return got

    assert asyncio.run(story()) == ["a", "c"]
    assert turn.take(0)


def test_a_turn_that_comes_for_a_cancelled_task_goes_on():
    turn = Turn()

    async def story():
        await turn.atake(1)
        task = asyncio.create_task(turn.atake(10))
        await asyncio.sleep(0)
        turn.give()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(story())

    assert turn.take(0)


def test_a_loop_that_is_gone_is_passed_over():
    turn = Turn()
    turn.take(0)
    loop = asyncio.new_event_loop()
    task = loop.create_task(turn.atake(10))
    loop.run_until_complete(asyncio.sleep(0))
    task.cancel()
    loop.call_soon = lambda *_a, **_k: None
    loop.close()
    turn.give()
    task.get_coro().close()

    assert turn.take(0)


def test_it_is_taken_now_or_not_at_all():
    turn = Turn()

    assert turn.take_now()
    assert not turn.take_now()
    turn.give()
    assert turn.take_now()
