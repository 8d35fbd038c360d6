"""One scope for the hooks of a request, and for work without one."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Annotated

import pytest

from segue import App, Depends, NotFound, Request
from segue.core.errors import PlanError, Unauthorized
from segue.core.kernel.events import AppStarted, RequestFinished
from segue.core.kernel.middleware import Layer
from segue.testing import Client, override


class Db: ...


class User: ...


class Event:
    pass


@pytest.fixture
def app():
    app = App()
    app.state.log = []

    @app.provide
    def db(request: Request) -> Iterator[Db]:
        app.state.log.append("open")
        try:
            response = yield Db()
            app.state.log.append(response and response.status)
        except Exception as error:
            app.state.log.append(type(error).__name__)
            raise

    return app


def ask(app, protocol, target="/", method="GET"):
    options = {"protocol": protocol, "raise_server_exceptions": False}
    with Client(app, **options) as client:
        return client.request(method, target)


@pytest.mark.parametrize("is_async", [True, False])
def test_all_hooks_of_a_request_and_its_handler_share_a_value(app, protocol, is_async):
    seen = []

    @app.before
    def before(db: Db):
        seen.append(db)

    @app.middleware
    def middle(db: Db):
        seen.append(db)
        yield

    @app.after
    def after(response, db: Db):
        seen.append(db)

    def home(db: Db, named: str = "x") -> str:
        seen.append(db)
        return "x"

    async def ahome(db: Db) -> str:
        return home(db)

    app.add("/", ahome if is_async else home)

    assert ask(app, protocol).status == 200
    assert len(seen) == 4
    assert len(set(map(id, seen))) == 1
    assert app.state.log == ["open", 200]


def test_async_hooks_share_a_value_too(app, protocol):
    seen, log = [], app.state.log

    @app.provide
    async def user(db: Db) -> AsyncIterator[User]:
        yield User()
        log.append("user")

    @app.provide(inline=True)
    def event() -> Event:
        return Event()

    @app.before
    async def before(user: User, db: Db, event: Event):
        seen.append(user)

    @app.middleware
    async def middle(user: User, event: Event):
        seen.append(user)
        yield

    @app.get("/")
    async def home(user: User, db: Db) -> str:
        seen.append(user)
        return "x"

    assert ask(app, protocol).text == "x"
    assert len(set(map(id, seen))) == 1
    assert log == ["open", "user", 200]


def test_an_error_of_the_handler_arrives_at_the_providers(app, protocol):
    @app.before
    def before(db: Db): ...

    @app.get("/")
    def home(db: Db) -> str:
        raise LookupError("x")

    @app.get("/missing")
    def missing() -> str:
        raise NotFound

    assert ask(app, protocol).status == 500
    assert ask(app, protocol, "/missing").status == 404
    assert app.state.log == ["open", "LookupError", "open", "NotFound"]


def test_a_provider_that_fails_at_its_end_is_an_answer(protocol):
    app = App()

    @app.provide
    def db() -> Iterator[Db]:
        yield Db()
        raise LookupError("end")

    @app.before
    def before(db: Db): ...

    app.add("/", lambda: "x")

    @app.on(LookupError)
    def told(error) -> str:
        return "told", 409

    assert ask(app, protocol).status == 409


def test_a_provider_that_fails_before_a_middleware_begins_is_an_answer(protocol):
    app = App()

    @app.provide
    def db() -> Db:
        raise NotFound

    @app.middleware
    def middle(db: Db):
        yield

    app.add("/", lambda: "x")

    assert ask(app, protocol).status == 404


def test_who_comes_after_the_answer_has_a_value_of_its_own(app, protocol):
    seen = []

    @app.get("/")
    def home(db: Db) -> str:
        return "x"

    @app.teardown
    def down(db: Db):
        seen.append(db)

    @app.on(RequestFinished)
    def finished(event, db: Annotated[int, Depends(lambda: 7)]):
        seen.append(db)

    assert ask(app, protocol).status == 200
    assert seen[1] == 7
    assert app.state.log == ["open", None, "open", None]


def test_an_error_handler_may_ask(app, protocol):
    @app.on(NotFound)
    def missing(error, db: Db) -> str:
        return "none"

    assert ask(app, protocol, "/x").text == "none"
    assert app.state.log == ["open", 404]


@pytest.mark.parametrize("is_async", [True, False])
def test_a_stream_keeps_what_hooks_asked_for(app, protocol, is_async):
    @app.before
    def before(db: Db): ...

    if is_async:

        @app.get("/")
        async def astream():
            yield "x"
            app.state.log.append("read")

    else:

        @app.get("/")
        def stream():
            yield "x"
            app.state.log.append("read")

    assert ask(app, protocol).text == "x"
    assert app.state.log == ["open", "read", None]


@pytest.mark.feature("M-071")
def test_listeners_ask_for_what_needs_no_request():
    app, seen = App(), []

    @app.provide
    def db() -> Iterator[Db]:
        yield Db()
        seen.append("end")

    @app.on(AppStarted)
    def started(event, db: Db):
        seen.append(type(db))

    @app.on(Event)
    async def told(event, db: Db):
        seen.append(type(db))

    app.start()
    app.emit(Event())
    asyncio.run(app.aemit(Event()))
    app.stop()

    assert seen == [Db, "end"] * 3


def test_a_listener_that_fails_tells_its_providers():
    app, seen = App(), []

    @app.provide
    def db() -> Iterator[Db]:
        try:
            yield Db()
        except LookupError:
            seen.append("told")
            raise

    @app.on(Event)
    def fails(event, db: Db):
        raise LookupError("x")

    @app.on(User)
    async def afails(event, db: Db):
        raise LookupError("x")

    for event in (Event(), User()):
        with pytest.raises(LookupError):
            app.emit(event)
        with pytest.raises(LookupError):
            asyncio.run(app.aemit(event))
    app.stop()

    assert seen == ["told"] * 4


# -- without a request


@pytest.fixture
def shop():
    app = App()
    app.state.log = []

    @app.provide(scope="app")
    def user() -> Iterator[User]:
        app.state.log.append("start")
        yield User()
        app.state.log.append("stop")

    @app.provide
    def db(user: User, size: int = 3) -> Iterator[Db]:
        try:
            yield Db()
        except Exception as error:
            app.state.log.append(repr(error))
            raise
        app.state.log.append("end")

    @app.provide
    def event() -> Event:
        raise Unauthorized

    return app


@pytest.mark.feature("M-070", "M-071")
def test_a_script_gets_what_providers_make(shop):
    with shop.scope() as scope:
        assert isinstance(scope.get(User), User)
        assert scope.get(Db) is scope.get(Db)
        assert scope.get(Event, optional=True) is None
        with pytest.raises(Unauthorized):
            scope.get(Event)

    assert shop.state.log == ["start", "end", "stop"]


def test_an_error_of_a_script_is_told(shop):
    def script():
        with shop.scope() as scope:
            scope.get(Db)
            raise LookupError("x")

    with pytest.raises(LookupError):
        script()

    assert shop.state.log == ["start", "LookupError('x')", "stop"]


def test_a_scope_of_a_running_app_leaves_it_running(shop):
    shop.start()
    with shop.scope() as scope:
        scope.get(User)
    assert shop.state.log == ["start"]
    shop.stop()
    assert shop.state.log == ["start", "stop"]


def test_an_async_script_gets_it_too(shop):
    async def adb() -> int:
        return 4

    async def use():
        async with shop.ascope() as scope:
            assert await scope.aget(Db) is await scope.aget(Db)
            assert await scope.aget(Event, optional=True) is None
            assert await scope.aget(adb) == 4
            with pytest.raises(Unauthorized):
                await scope.aget(Event)
            async with shop.ascope():
                pass

    async def fail():
        async with shop.ascope() as scope:
            await scope.aget(Db)
            raise LookupError("x")

    asyncio.run(use())
    with pytest.raises(LookupError):
        asyncio.run(fail())

    assert shop.state.log == [
        "start",
        "end",
        "stop",
        "start",
        "LookupError('x')",
        "stop",
    ]


def test_what_nothing_provides_is_told(shop):
    with shop.scope() as scope, pytest.raises(PlanError, match="SG-PLAN-007"):
        scope.get(Layer)


def test_generators_of_a_scope_open_where_they_may_wait():
    app = App()

    @app.provide(inline=True)
    def db() -> Iterator[Db]:
        yield Db()

    async def use():
        async with app.ascope() as scope:
            assert isinstance(await scope.aget(Db), Db)

    asyncio.run(use())


def test_an_override_counts_over_what_was_made(shop):
    fake = Db()

    with override(shop, {Db: fake}), shop.scope() as scope:
        assert scope.get(Db) is fake


# -- for the app


@pytest.mark.feature("M-070")
def test_what_lives_with_the_app_is_made_once_in_order(protocol):
    app, log = App(), []

    class First: ...

    class Second:
        def __init__(self, first: First) -> None:
            log.append("second")

    app.provide(Second, Second, scope="app")

    @app.provide(scope="app")
    async def first() -> AsyncIterator[First]:
        log.append("first")
        yield First()
        log.append("end")

    @app.provide(scope="app")
    async def plain() -> User:
        return User()

    @app.lifespan
    def life(second: Second):
        log.append("life")
        yield

    @app.get("/")
    def home(second: Second, user: User) -> str:
        return "x"

    with Client(app, protocol=protocol) as client:
        assert client.get("/").text == "x"
        assert client.get("/").text == "x"

    assert log == ["first", "second", "life", "end"]


def test_a_value_for_the_app_that_is_overridden_is_not_made():
    app, log = App(), []

    @app.provide(scope="app")
    def db() -> Db:
        log.append("made")
        return Db()

    with override(app, {Db: Db()}), Client(app) as client:
        client.get("/")

    assert log == []


def test_a_provider_for_the_app_without_a_yield_is_told():
    app = App()

    @app.provide(scope="app")
    def db() -> Iterator[Db]:
        return
        yield

    with pytest.raises(Exception, match="The provider db\\(\\) ended without a yield"):
        app.start()


def test_a_stream_behind_an_async_hook_keeps_what_that_asked_for(app, protocol):
    @app.before
    async def before(db: Db): ...

    @app.get("/")
    async def stream():
        yield "x"
        app.state.log.append("read")

    assert ask(app, protocol).text == "x"
    assert app.state.log == ["open", "read", None]
