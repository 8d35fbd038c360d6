"""The law of middleware, over three protocols, around handlers of both colours."""

import asyncio
import contextvars
from typing import Any

import msgspec
import pytest

from segue import App, Group, NotFound, Request, Response, Wrap
from segue.core.errors import ConfigurationError, Forbidden, HTTPError
from segue.core.types import AsyncWrap
from segue.testing import AsyncClient, Client


def add_home(app: Any, colour: str, answer: Any = "home", error: Any = None) -> None:
    def home() -> Any:
        if error is not None:
            raise error
        return answer

    async def ahome() -> Any:
        return home()

    app.add("/", home if colour == "def" else ahome, name="home")


@pytest.mark.feature("M-179")
def test_a_middleware_sees_the_request_and_changes_the_response(
    app: App, client: Client, colour: str
) -> None:
    @app.middleware
    def stamp(request: Request) -> Wrap:
        seen = request.path
        response = yield
        response.headers["x-seen"] = seen

    add_home(app, colour)

    answer = client.get("/")

    assert (answer.text, answer.headers["x-seen"]) == ("home", "/")


def test_an_async_middleware_serves_handlers_of_both_colours(
    app: App, client: Client, colour: str
) -> None:
    @app.middleware
    async def stamp() -> AsyncWrap:
        response = yield
        response.headers["x-async"] = "yes"

    add_home(app, colour)

    assert client.get("/").headers["x-async"] == "yes"


def test_middleware_stands_in_the_order_of_adding_and_unwinds_in_reverse(
    app: App, client: Client, colour: str
) -> None:
    trail: list[str] = []

    def trailing(name: str, *, is_async: bool = False) -> Any:
        def layer() -> Wrap:
            trail.append(f"in {name}")
            yield
            trail.append(f"out {name}")

        async def alayer() -> AsyncWrap:
            trail.append(f"in {name}")
            yield
            trail.append(f"out {name}")

        return alayer if is_async else layer

    app.middleware(trailing("a"))
    app.middleware(trailing("b", is_async=True))
    app.middleware(trailing("c"))
    add_home(app, colour)

    client.get("/")

    assert trail == ["in a", "in b", "in c", "out c", "out b", "out a"]


def test_a_first_yield_of_an_answer_answers_here_and_now(
    app: App, client: Client, colour: str
) -> None:
    reached: list[str] = []

    @app.middleware
    def closed() -> Wrap:
        response = yield "closed", 503
        response.headers["x-by"] = "middleware"

    @app.middleware
    def further() -> Wrap:
        reached.append("further")
        yield

    add_home(app, colour)

    answer = client.get("/")

    assert (answer.status, answer.text, reached) == (503, "closed", [])
    assert answer.headers["x-by"] == "middleware"


def test_a_later_yield_replaces_the_response(
    app: App, client: Client, colour: str
) -> None:
    @app.middleware
    def replacing() -> Wrap:
        first = yield
        second = yield Response(first.body.upper(), 202)
        second.headers["x-second"] = "yes"

    add_home(app, colour)

    answer = client.get("/")

    assert (answer.status, answer.text) == (202, "HOME")
    assert answer.headers["x-second"] == "yes"


def test_an_exception_of_the_handler_arrives_at_the_yield(
    app: App, client: Client, colour: str
) -> None:
    @app.middleware
    def catching() -> Wrap:
        try:
            yield
        except ZeroDivisionError as error:
            yield {"caught": str(error)}, 418

    add_home(app, colour, error=ZeroDivisionError("by zero"))

    answer = client.get("/")

    assert (answer.status, answer.json()) == (418, {"caught": "by zero"})


def test_an_async_middleware_catches_as_well(
    app: App, client: Client, colour: str
) -> None:
    @app.middleware
    async def catching() -> AsyncWrap:
        try:
            yield
        except ZeroDivisionError:
            yield "caught"

    add_home(app, colour, error=ZeroDivisionError())

    assert client.get("/").text == "caught"


def test_an_http_error_is_an_answer_before_it_reaches_the_yield(
    app: App, client: Client, colour: str
) -> None:
    seen: list[int] = []

    @app.middleware
    def watching() -> Wrap:
        response = yield
        seen.append(response.status)

    add_home(app, colour, error=NotFound("no book"))

    answer = client.get("/")

    assert (answer.status, seen) == (404, [404])


def test_the_middleware_of_the_app_wraps_404_405_and_redirects(
    app: App, client: Client
) -> None:
    @app.middleware
    def stamp() -> Wrap:
        response = yield
        response.headers["x-stamp"] = str(response.status)

    app.add("/here", lambda: "here")

    stamps = [
        client.get("/nowhere").headers["x-stamp"],
        client.post("/here").headers["x-stamp"],
        client.get("/here/").headers["x-stamp"],
        client.options("/here").headers["x-stamp"],
        client.head("/here").headers["x-stamp"],
    ]

    assert stamps == ["404", "405", "308", "204", "200"]


def test_the_middleware_of_a_group_wraps_its_routes_alone(
    app: App, client: Client
) -> None:
    inner = Group("/inner")

    @inner.middleware
    def stamp() -> Wrap:
        response = yield
        response.headers["x-inner"] = "yes"

    inner.add("/x", lambda: "x")
    app.add("/outer", lambda: "outer")
    app.include(inner)

    assert "x-inner" in client.get("/inner/x").headers
    assert "x-inner" not in client.get("/outer").headers
    assert "x-inner" not in client.get("/inner/nothing").headers


def test_a_route_can_have_middleware_of_its_own(app: App, client: Client) -> None:
    def stamp() -> Wrap:
        response = yield
        response.headers["x-own"] = "yes"

    app.add("/", lambda: "x", middleware=[stamp])

    assert client.get("/").headers["x-own"] == "yes"


def test_an_http_error_raised_by_a_middleware_is_answered(
    app: App, client: Client, colour: str
) -> None:
    @app.middleware
    def guard() -> Wrap:
        raise Forbidden("members only")
        yield

    @app.on(Forbidden)
    def forbidden(error: HTTPError) -> Any:
        return {"no": error.detail}

    add_home(app, colour)

    answer = client.get("/")

    assert (answer.status, answer.json()) == (403, {"no": "members only"})


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("twice", "yielded twice without an answer"),
        ("swallow", "swallowed an error without an answer"),
        ("swallow and yield", "swallowed an error without an answer"),
        ("never", "ended without a yield"),
    ],
)
def test_a_middleware_that_breaks_the_law_is_a_500_that_says_so(
    app: App,
    client: Client,
    colour: str,
    kind: str,
    words: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    closed: list[bool] = []

    @app.middleware
    def broken() -> Wrap:
        if kind == "never":
            return
        try:
            try:
                yield
            except ZeroDivisionError:
                if kind == "swallow and yield":
                    yield
                return
            yield
        finally:
            closed.append(True)

    add_home(app, colour, error=ZeroDivisionError() if "swallow" in kind else None)

    answer = client.get("/")

    assert answer.status == 500
    assert words in caplog.text
    assert "SG-WALK-022" in caplog.text
    assert closed == ([] if kind == "never" else [True])


@pytest.mark.parametrize("is_async", [False, True])
def test_an_async_middleware_that_breaks_the_law_is_a_500_as_well(
    app: App, client: Client, is_async: bool, caplog: pytest.LogCaptureFixture
) -> None:
    @app.middleware
    async def broken() -> AsyncWrap:
        yield
        yield

    add_home(app, "async def" if is_async else "def")

    assert client.get("/").status == 500
    assert "SG-WALK-022" in caplog.text


def test_an_error_after_the_yield_is_a_500(
    app: App, client: Client, colour: str, caplog: pytest.LogCaptureFixture
) -> None:
    @app.middleware
    def failing() -> Wrap:
        yield
        raise LookupError("late")

    add_home(app, colour)

    assert client.get("/").status == 500
    assert "LookupError: late" in caplog.text


def test_an_answer_that_cannot_be_sent_is_a_500(
    app: App, client: Client, colour: str, caplog: pytest.LogCaptureFixture
) -> None:
    @app.middleware
    def strange() -> Wrap:
        yield
        yield object()

    add_home(app, colour)

    assert client.get("/").status == 500
    assert "SG-HTTP-007" in caplog.text or "SG-WALK-001" in caplog.text


def test_a_first_answer_that_cannot_be_sent_is_a_500(
    app: App, client: Client, colour: str
) -> None:
    @app.middleware
    def strange() -> Wrap:
        yield object()

    add_home(app, colour)

    assert client.get("/").status == 500


def test_a_middleware_whose_arguments_fail_is_a_500(app: App, client: Client) -> None:
    @app.middleware
    def fine() -> Wrap:
        yield

    app.add("/", lambda: "x")
    app.freeze()
    layer = app.kernel.outer.layers[0]

    def no(*_: Any) -> Any:
        raise LookupError("no generator")

    msgspec.structs.force_setattr(layer.call, "function", no)

    assert client.get("/").status == 500


@pytest.mark.parametrize("error", [StopIteration("x"), StopAsyncIteration("x")])
def test_a_stop_iteration_of_a_handler_is_an_error_like_any_other(
    app: App,
    client: Client,
    colour: str,
    error: Exception,
    caplog: pytest.LogCaptureFixture,
) -> None:
    @app.middleware
    def transparent() -> Wrap:
        yield

    @app.middleware
    async def atransparent() -> AsyncWrap:
        yield

    add_home(app, colour, error=error)

    assert client.get("/").status == 500
    assert type(error).__name__ in caplog.text


def test_a_middleware_can_catch_a_stop_iteration(app: App, client: Client) -> None:
    @app.middleware
    def catching() -> Wrap:
        try:
            yield
        except StopIteration:
            yield "caught"

    add_home(app, "def", error=StopIteration())

    assert client.get("/").text == "caught"


def test_what_a_middleware_puts_into_the_context_reaches_the_handler(
    app: App, client: Client, colour: str
) -> None:
    word: contextvars.ContextVar[str] = contextvars.ContextVar("word", default="none")

    @app.middleware
    def speaking() -> Wrap:
        word.set("hello")
        yield

    def home() -> str:
        return word.get()

    async def ahome() -> str:
        return word.get()

    app.add("/", home if colour == "def" else ahome)

    assert client.get("/").text == "hello"
    assert word.get() == "none"


@pytest.mark.feature("M-180")
def test_before_and_after_order_middleware_against_others(
    app: App, client: Client
) -> None:
    trail: list[str] = []

    def trailing(name: str) -> Any:
        def layer() -> Wrap:
            trail.append(name)
            yield

        layer.__name__ = name
        return layer

    last, first, middle = trailing("last"), trailing("first"), trailing("middle")
    app.middleware(last)
    app.middleware(before="last")(first)
    app.middleware(before=[last], after=(first, trailing("absent")))(middle)
    app.add("/", lambda: "x")

    client.get("/")

    assert trail == ["first", "middle", "last"]


def test_an_order_that_goes_round_is_an_error_that_names_both() -> None:
    app = App()

    @app.middleware(before="two")
    def one() -> Wrap:
        yield

    @app.middleware(before="one")
    def two() -> Wrap:
        yield

    with pytest.raises(ConfigurationError) as caught:
        app.freeze()

    assert caught.value.problem.code == "SG-WALK-021"
    assert len(caught.value.problem.where) == 2


def test_an_order_against_nothing_is_an_error_with_the_near_miss() -> None:
    app = App()

    @app.middleware
    def sessions() -> Wrap:
        yield

    @app.middleware(after="session")
    def mine() -> Wrap:
        yield

    with pytest.raises(ConfigurationError, match="Did you mean 'sessions'") as caught:
        app.freeze()

    assert caught.value.problem.code == "SG-WALK-020"


def test_a_middleware_without_a_yield_is_refused_at_start() -> None:
    app = App()

    @app.middleware
    def plain() -> None:
        return None

    with pytest.raises(ConfigurationError, match="has no yield") as caught:
        app.freeze()

    assert caught.value.problem.code == "SG-WALK-023"


@pytest.mark.parametrize("is_swallowed", [False, True])
def test_what_ends_the_process_passes_every_middleware_and_lets_it_clean_up(
    app: App, is_swallowed: bool
) -> None:
    seen: list[str] = []

    @app.middleware
    def outer() -> Wrap:
        try:
            yield
        finally:
            seen.append("outer")

    @app.middleware
    def inner() -> Wrap:
        try:
            yield
        except BaseException:
            seen.append("inner")
            if not is_swallowed:
                raise

    def stop() -> None:
        raise KeyboardInterrupt

    app.add("/", stop)

    with pytest.raises(KeyboardInterrupt):
        Client(app, protocol="wsgi").get("/")

    assert seen == ["inner", "outer"]


def test_a_cancelled_handler_lets_the_middleware_clean_up(app: App) -> None:
    seen: list[str] = []

    @app.middleware
    async def around() -> AsyncWrap:
        try:
            yield
        finally:
            seen.append("around")

    async def wait() -> None:
        seen.append("handler")
        await asyncio.Event().wait()

    app.add("/", wait)

    async def main() -> None:
        client = AsyncClient(app, protocol="asgi")
        task = asyncio.ensure_future(client.get("/"))
        while not seen:
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})
        for other in asyncio.all_tasks() - {asyncio.current_task()}:
            other.cancel()
            await asyncio.wait({other})

    asyncio.run(main())

    assert seen == ["handler", "around"]


def test_a_middleware_may_make_another_error_of_an_error(
    app: App, client: Client
) -> None:
    @app.middleware
    def translate() -> Wrap:
        try:
            yield
        except LookupError as error:
            raise NotFound("no such book") from error

    def find() -> None:
        raise LookupError

    app.add("/", find)

    assert client.get("/").status == 404
