"""Providers and guards in the function of a route."""

from collections.abc import AsyncIterator, Iterator
from typing import Annotated

import msgspec
import pytest

from segue import App, Depends, FromHeader, Group, Request, WebSocket
from segue.core.errors import ConfigurationError, Forbidden, Unauthorized, WalkError
from segue.testing import Client, override

pytestmark = pytest.mark.feature("M-068", "M-069")


class Db:
    """What a repository needs."""


class Repo:
    def __init__(self, db: Db) -> None:
        self.db = db


class User(msgspec.Struct):
    name: str


class Order(msgspec.Struct):
    count: int


def asked(app, protocol, target="/", *, method="GET", **sent):
    options = {"protocol": protocol, "raise_server_exceptions": False}
    with Client(app, **options) as client:
        return client.request(method, target, **sent)


def colours(function, async_function):
    return pytest.mark.parametrize(
        "handler", [function, async_function], ids=["def", "async def"]
    )


def same(repo: Repo, db: Db, *, other: Repo) -> bool:
    return repo.db is db and other is repo


async def asame(repo: Repo, db: Db, *, other: Repo) -> bool:
    return same(repo, db, other=other)


@colours(same, asame)
@pytest.mark.parametrize("inline", [True, False])
def test_a_value_is_made_once_for_a_request(protocol, handler, inline):
    app, made = App(), []

    @app.provide(inline=inline)
    def db() -> Db:
        made.append(1)
        return Db()

    app.provide(Repo)
    app.add("/", handler)

    with Client(app, protocol=protocol) as client:
        assert client.get("/").json() is True
        assert client.get("/").json() is True
    assert len(made) == 2


@pytest.mark.parametrize("inline", [True, False])
@pytest.mark.parametrize("is_async", [True, False])
def test_a_generator_ends_before_the_answer_leaves(protocol, inline, is_async):
    app, log = App(), []

    @app.provide(inline=inline)
    def db(request: Request, *, name: str = "x") -> Iterator[Db]:
        log.append("open")
        try:
            response = yield Db()
            log.append(None if response is None else response.status)
        except LookupError as error:
            log.append(repr(error))
            raise

    def handler(db: Db, fail: bool = False):
        log.append("handler")
        if fail:
            raise LookupError("x")
        return "x"

    async def ahandler(db: Db, fail: bool = False):
        return handler(db, fail)

    app.add("/", ahandler if is_async else handler)
    options = {"protocol": protocol, "raise_server_exceptions": False}
    with Client(app, **options) as client:
        assert client.get("/").text == "x"
        assert client.get("/?fail=1").status == 500

    assert log == [
        *("open", "handler", None),
        *("open", "handler", "LookupError('x')"),
    ]


def test_async_providers_serve_async_handlers(protocol):
    app, log = App(), []

    @app.provide
    async def db() -> AsyncIterator[Db]:
        yield Db()
        log.append("end")

    @app.provide
    async def repo(db: Db) -> Repo:
        return Repo(db)

    async def may(db: Db) -> bool:
        return True

    @app.get("/", allow=may)
    async def home(repo: Repo, db: Db) -> bool:
        return repo.db is db

    assert asked(app, protocol).json() is True
    assert log == ["end"]


@pytest.mark.parametrize("is_async", [True, False])
def test_a_stream_keeps_its_providers_until_its_end(protocol, is_async):
    app, log = App(), []

    @app.provide
    def db() -> Iterator[Db]:
        yield Db()
        log.append("end")

    if is_async:

        @app.get("/")
        async def anumbers(db: Db):
            yield b"1"
            log.append("read")

    else:

        @app.get("/")
        def numbers(db: Db):
            yield b"1"
            log.append("read")

    assert asked(app, protocol).text == "1"
    assert asked(app, protocol, method="HEAD").text == ""
    assert log == ["read", "end", "end"]


@pytest.mark.parametrize("name", ["bob", ""])
def test_who_may_be_missing_is_none(protocol, name):
    app = App()

    @app.provide
    def user(name: Annotated[str, FromHeader("x-user")] = "") -> User:
        if not name:
            raise Unauthorized
        return User(name)

    @app.get("/")
    def home(user: User | None) -> str:
        return user.name if user else "nobody"

    @app.get("/me")
    def me(user: User) -> str:
        return user.name

    headers = {"x-user": name} if name else {}
    assert asked(app, protocol, headers=headers).text == (name or "nobody")
    assert asked(app, protocol, "/me", headers=headers).status == (200 if name else 401)


def test_a_function_may_be_named_where_it_is_needed(protocol):
    app = App()

    def double(count: int = 1) -> int:
        return 2 * count

    def twice(first: Annotated[int, Depends(double)]) -> Iterator[int]:
        yield first + 1

    @app.get("/")
    async def home(
        number: Annotated[int, Depends(twice)],
        again: Annotated[int, Depends(double, inline=True)],
    ) -> list[int]:
        return [number, again]

    assert asked(app, protocol, "/?count=4").json() == [9, 8]
    with override(app, {double: 100}):
        assert asked(app, protocol).json() == [101, 100]


@pytest.mark.feature("M-072")
def test_a_test_puts_other_values_in_their_place(protocol):
    app = App()
    app.provide(Db)
    app.provide(Repo)

    @app.get("/")
    def home(repo: Repo) -> str:
        return type(repo).__name__

    with override(app, {Repo: User("x")}):
        assert asked(app, protocol).text == "User"
    assert asked(app, protocol).text == "Repo"


def test_a_group_has_providers_of_its_own(protocol):
    app, group = App(), Group("/inner")
    app.provide(User, lambda: User("outer"))
    group.provide(User, lambda: User("inner"))

    def home(user: User) -> str:
        return user.name

    app.get("/")(home)
    group.get("/")(home)
    app.include(group)

    assert asked(app, protocol).text == "outer"
    assert asked(app, protocol, "/inner/").text == "inner"


# -- guards


def yes() -> bool:
    return True


def no() -> bool:
    return False


def nothing(): ...


def silent() -> None: ...


def raising() -> None:
    raise Forbidden("Not you.")


async def ano() -> bool:
    return False


@pytest.mark.parametrize(
    ("guard", "status"),
    [(yes, 200), (no, 403), (nothing, 500), (silent, 200), (raising, 403)],
)
@pytest.mark.parametrize("is_async", [True, False])
def test_a_guard_lets_pass_or_refuses(protocol, guard, status, is_async):
    app = App()

    async def ahome() -> str:
        return "x"

    app.add("/", ahome if is_async else lambda: "x", allow=guard)

    assert asked(app, protocol).status == status


def test_guards_of_app_group_and_route_all_count(protocol):
    app, group, log = App(), Group("/api", allow=yes), []

    def note() -> bool:
        log.append("route")
        return True

    group.add("/one", lambda: "x", allow=[note])
    closed = Group("/closed", allow=[no])
    closed.add("/two", lambda: "x", allow=note)
    app.include(group)
    app.include(closed)

    assert asked(app, protocol, "/api/one").status == 200
    assert asked(app, protocol, "/closed/two").status == 403
    assert log == ["route"]


@pytest.mark.parametrize("is_async", [True, False])
@pytest.mark.parametrize("is_surrounded", [True, False])
@pytest.mark.parametrize("inline", [True, False])
def test_a_body_is_read_only_for_who_may(protocol, is_async, is_surrounded, inline):
    app = App()

    def staff(name: Annotated[str, FromHeader("x-user")] = "") -> bool:
        return name == "bob"

    def add(order: Order) -> int:
        return order.count + 1

    async def aadd(order: Order) -> int:
        return order.count + 1

    options = {} if is_async else {"inline": inline}
    app.add("/", aadd if is_async else add, methods="POST", allow=staff, **options)
    if is_surrounded:
        app.before(lambda: None)

    sent = {"method": "POST", "json": {"count": "x"}}
    assert asked(app, protocol, **sent).status == 403
    sent["headers"] = {"x-user": "bob"}
    assert asked(app, protocol, **sent).status == 422
    assert asked(app, protocol, **{**sent, "json": {"count": 2}}).json() == 3


def test_a_guard_may_refuse_a_socket():
    app = App()

    @app.websocket("/", allow=no)
    async def chat(socket: WebSocket) -> None:
        await socket.accept()

    with Client(app, protocol="asgi") as client:
        with pytest.raises(Exception, match="403"):
            with client.websocket("/"):
                pass


# -- what is told at start


def codes(app):
    with pytest.raises(ConfigurationError) as caught:
        app.freeze()
    return [problem.code for problem in caught.value.problems]


class A:
    def __init__(self, b: "B") -> None: ...


class B:
    def __init__(self, a: A) -> None: ...


def test_what_needs_itself_is_refused():
    app = App()
    app.provide(A)
    app.provide(B)
    app.add("/", home_a)
    shared = App()
    shared.provide(A, A, scope="app")
    shared.provide(B, B, scope="app")

    assert codes(app) == ["SG-PLAN-021"]
    assert "SG-PLAN-021" in codes(shared)


def home_a(a: A) -> str:
    return "x"


def test_what_lives_long_cannot_have_what_lives_short():
    app = App()
    app.provide(Db)

    @app.provide(scope="app")
    def repo(db: Db) -> Repo:
        return Repo(db)

    @app.lifespan
    def life(db: Db):
        yield

    assert codes(app) == ["SG-PLAN-022", "SG-PLAN-022"]


def test_a_plain_function_cannot_wait():
    app = App()

    @app.provide
    async def db() -> Db:
        return Db()

    @app.get("/")
    def home(db: Db) -> str:
        return "x"

    @app.get("/guarded", allow=ano)
    def guarded() -> str:
        return "x"

    assert codes(app) == ["SG-PLAN-023", "SG-PLAN-023"]


def test_two_providers_of_one_type_are_refused():
    app = App()
    app.provide(Db, Db)
    app.provide(Db, Repo)

    assert "SG-PLAN-025" in codes(app)


def test_two_values_for_the_app_of_one_type_are_refused():
    app, group = App(), Group("/x")
    app.provide(Db, Db, scope="app")
    group.provide(Db, User, scope="app")
    app.include(group)

    assert codes(app) == ["SG-PLAN-025"]


def test_a_guard_never_takes_the_one_in_the_path_for_the_one_who_asks():
    app = App()
    app.provide(User, lambda: User("x"))

    def staff(user: User) -> bool:
        return True

    @app.get("/{user}", allow=staff)
    def home(user: str) -> str:
        return user

    assert codes(app) == ["SG-PLAN-026"]


def test_a_scope_that_is_none_is_refused():
    with pytest.raises(Exception, match="SG-PLAN-027"):
        App().provide(Db, Db, scope="session")


def test_a_mistake_of_a_guard_is_told_with_its_name(protocol):
    app = App()
    app.add("/", lambda: "x", allow=nothing)

    with Client(app, protocol=protocol) as client:
        with pytest.raises(
            WalkError, match=r"SG-WALK-061.*nothing\(\) at .* returned None"
        ):
            client.get("/")


def truthy():
    return 1


def test_what_is_true_lets_pass(protocol):
    app = App()
    app.add("/", lambda: "x", allow=truthy)

    assert asked(app, protocol).status == 200


def test_named_arguments_are_given_in_a_thread_too(protocol):
    app = App()

    def repo(*, db: Db, size: int = 3) -> Repo:
        return Repo(db)

    app.provide(Db)
    app.provide(repo)

    @app.get("/")
    async def home(repo: Repo, marked: Annotated[int, []] = 1) -> list[int]:
        return [marked]

    assert asked(app, protocol).json() == [1]
