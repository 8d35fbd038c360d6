"""Gets by many at once on PostgreSQL: in threads, and in tasks on an event loop.

The bare driver has as many connections as threads or tasks; nothing is cheaper.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg

from inside.data_bare import GET, BarePostgres, PlainWorld
from inside.data_segue import KEYS, SeguePeer, World

__all__ = ["awaited", "threaded"]

THREADS, TASKS, EACH, ROUNDS = 8, 32, 100, 15


def threaded(url: str, segue: SeguePeer) -> list[tuple[str, dict[str, float]]]:
    """Measure gets and lists in threads."""
    bare = [BarePostgres(url) for _ in range(THREADS)]
    ours = segue.database
    dbs = [ours.db() for _ in range(THREADS)]
    found: list[tuple[str, dict[str, float]]] = []
    for title, method, count in (("get by key", "get", EACH), ("list", "list", 10)):
        least = {"bare driver": float("inf"), "Segue": float("inf")}
        calls = [getattr(each, method) for each in bare]
        mine = [getattr(_Ours(segue, db), method) for db in dbs]
        for _ in range(ROUNDS):
            for name, group in (("bare driver", calls), ("Segue", mine)):
                least[name] = min(least[name], _in_threads(group, count))
        found.append((title, least))
    for each in bare:
        each.close()
    return found


class _Ours(SeguePeer):
    """Segue with a `Db` of its own, as each request has one."""

    def __init__(self, segue: SeguePeer, db: Any) -> None:
        self.database, self.db = segue.database, db


def _in_threads(calls: list[Callable[[int], Any]], count: int) -> float:
    def run(call: Callable[[int], Any]) -> None:
        for number in range(count):
            call(number)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    start = time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return (time.process_time() - start) / (count * len(calls)) * 1e6


def awaited(url: str, segue: SeguePeer) -> list[tuple[str, dict[str, float]]]:
    """Measure gets in tasks."""
    return asyncio.run(_awaited(url, segue))


async def _awaited(url: str, segue: SeguePeer) -> list[tuple[str, dict[str, float]]]:
    connect = psycopg.AsyncConnection.connect
    connections = [
        await connect(url, autocommit=True, prepare_threshold=0) for _ in range(TASKS)
    ]
    db = segue.database.adb()

    async def bare(task: int, number: int) -> Any:
        cursor = await connections[task].execute(GET, (number % KEYS + 1,))
        row = await cursor.fetchone()
        return PlainWorld(*row) if row else None

    async def ours(_task: int, number: int) -> Any:
        return await db.get(World, number % KEYS + 1)

    least = {"bare driver": float("inf"), "Segue": float("inf")}
    for _ in range(ROUNDS):
        for name, call in (("bare driver", bare), ("Segue", ours)):
            least[name] = min(least[name], await _in_tasks(call))
    for connection in connections:
        await connection.close()
    return [("get by key", least)]


async def _in_tasks(call: Callable[[int, int], Any]) -> float:
    async def run(task: int) -> None:
        for number in range(EACH):
            await call(task, number)

    start = time.process_time()
    await asyncio.gather(*(run(task) for task in range(TASKS)))
    return (time.process_time() - start) / (EACH * TASKS) * 1e6
