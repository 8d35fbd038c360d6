"""Time what one provided value costs a request: `python -m inside.providers`.

The same handler with nothing provided and with one value, made for each request by a
function, by a generator that closes, by a factory asked for by name, or for the app
once; and behind a guard. Batches take turns; the least disturbed of each is kept, and
what is printed is its distance from the handler that asks for nothing.
"""

import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from typing import Annotated, Any

from inside.fakes import Call, Runner, asgi_calls, wsgi_calls
from segue import App, Depends

__all__ = ["main"]

BATCHES = 60
CALLS = 2000


class Db:
    """Something that a request needs."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


def make() -> Db:
    """Make one."""
    return Db("a")


def open_and_close() -> Iterator[Db]:
    """Make one and close it."""
    yield Db("a")


def let_pass() -> bool:
    """Let everybody pass."""
    return True


def build(name: str, protocol: str) -> App:
    """Build an app whose one route is the contestant."""
    app = App()

    def nothing() -> str:
        return "Hello, World!"

    def asks(db: Db) -> str:
        return "Hello, World!"

    def depends(db: Annotated[Db, Depends(make, inline=True)]) -> str:
        return "Hello, World!"

    handlers: dict[str, Callable[..., Any]] = {
        "one per request": asks,
        "one per request, a generator": asks,
        "one for the app": asks,
        "one by Depends": depends,
    }
    if name == "one for the app":
        app.provide(Db, make, scope="app")
    elif name == "one per request, a generator":
        app.provide(Db, open_and_close, inline=True)
    elif name == "one per request":
        app.provide(Db, make, inline=True)
    options = {"allow": let_pass} if name == "a guard" else {}
    if protocol == "asgi":
        options["inline"] = True
    app.get("/plaintext", **options)(handlers.get(name, nothing))
    return app


def compete(runners: dict[str, Runner]) -> dict[str, float]:
    """Give the nanoseconds of CPU for one request of each."""
    best = dict.fromkeys(runners, float("inf"))
    for _ in range(BATCHES):
        for name, runner in runners.items():
            start = time.process_time_ns()
            runner(CALLS)
            best[name] = min(best[name], (time.process_time_ns() - start) / CALLS)
    return best


async def main() -> None:
    """Print what each costs over the handler that asks for nothing."""
    names = (
        "nothing",
        "one per request",
        "one per request, a generator",
        "one by Depends",
        "one for the app",
        "a guard",
    )
    print(f"CPython {sys.version.split()[0]}, nanoseconds of CPU per request\n")
    for protocol, caller in (("wsgi", wsgi_calls), ("asgi", asgi_calls)):
        call = Call("GET", "/plaintext")
        apps = {name: build(name, protocol) for name in names}
        best = compete({name: caller(app, call) for name, app in apps.items()})
        print(f"{protocol}: {best['nothing']:.0f} with nothing provided")
        for name in names[1:]:
            print(f"    {name:30} {best[name] - best['nothing']:+6.0f}")
        print()


if __name__ == "__main__":
    asyncio.run(main())  # ASGI applications may ask for the running loop
