"""Only type-checked: decorators leave a function as it was."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import assert_type

from segue import App, Group, NotFound, Redirect, Request, Response, Wrap

app = App()
group = Group("/api")


@app.get("/users/{number}")
def user(number: int, *, verbose: bool = False) -> dict[str, int]:
    """Answer with data."""
    return {"number": number, "verbose": int(verbose)}


@group.post("/users", status=201)
async def add(request: Request) -> str:
    """Answer later."""
    return await request.atext()


@app.route("/both", methods=["GET", "POST"])
def both() -> Redirect:
    """Answer with a redirect to a function."""
    return Redirect(user, number=3)


@app.middleware
def stamp(request: Request) -> Wrap:
    """Change what leaves."""
    response = yield
    response.headers["x-path"] = request.path


@app.middleware(before=stamp)
def first(request: Request) -> Wrap:
    """Stand before another."""
    yield


@app.before
def check(request: Request) -> str | None:
    """Answer instead, or not."""
    return "closed" if request.path == "/closed" else None


@app.after
def note(response: Response) -> None:
    """See the answer."""
    assert_type(response.status, int)


@app.on(NotFound)
def missing(error: NotFound) -> tuple[str, int]:
    """Answer an error."""
    return str(error.detail), 404


@app.lifespan
async def warm(app: App) -> AsyncIterator[None]:
    """Run around everything."""
    yield


@app.command
def reprice(percent: int, *, dry_run: bool = False) -> None:
    """Raise all prices."""


def uses(request: Request, response: Response) -> None:
    """Say what the decorated functions are."""
    assert_type(user(3), dict[str, int])
    assert_type(user(number=3, verbose=True), dict[str, int])
    assert_type(both(), Redirect)
    assert_type(check(request), str | None)
    assert_type(note(response), None)
    assert_type(missing(NotFound()), tuple[str, int])
    assert_type(app.url(user, number=3), str)
    assert_type(reprice(3, dry_run=True), None)
    later: Callable[[Request], Awaitable[str]] = add
    wraps: Callable[[Request], Iterator[object]] = stamp
    assert callable(later)
    assert callable(wraps)
    app.include(group)
