"""Time an application with many routes: task on stdin, result on stdout.

Half of the routes are static, half take an int. Ten of each, spread over the whole
table, are asked in turn: as many different routes for every size, so what grows is the
search and not the number of handlers that compete for the processor's caches.
"""

import importlib
import json
import sys
import time
from collections.abc import Callable
from typing import Any

from inside.fakes import Call, Runner, asgi_calls, wsgi_calls

__all__ = ["main"]

ASKED = 10
ENOUGH = 0.1


def static_path(number: int) -> str:
    """Name the static route of a number; fifty sections, as a large site has."""
    return f"/section{number % 50}/part{number}/list"


def dynamic_path(number: int, value: str) -> str:
    """Name the route with a value; the frameworks differ in how they write it."""
    return f"/section{number % 50}/part{number}/items/{value}"


def build_segue(half: int) -> Any:
    app = importlib.import_module("segue").App()

    def static() -> str:
        return "Hello, World!"

    def dynamic(item: int) -> str:
        return "Hello, World!"

    for number in range(half):
        app.get(static_path(number), name=f"static{number}")(static)
        app.get(dynamic_path(number, "{item}"), name=f"dynamic{number}")(dynamic)
    return app


def build_flask(half: int) -> Any:
    app = importlib.import_module("flask").Flask("router")

    def static() -> str:
        return "Hello, World!"

    def dynamic(item: int) -> str:
        return "Hello, World!"

    for number in range(half):
        app.add_url_rule(static_path(number), f"static{number}", static)
        path = dynamic_path(number, "<int:item>")
        app.add_url_rule(path, f"dynamic{number}", dynamic)
    return app


def build_bottle(half: int) -> Any:
    app = importlib.import_module("bottle").Bottle()

    def static() -> str:
        return "Hello, World!"

    def dynamic(item: int) -> str:
        return "Hello, World!"

    for number in range(half):
        app.route(static_path(number), callback=static)
        app.route(dynamic_path(number, "<item:int>"), callback=dynamic)
    return app


def build_falcon(half: int) -> Any:
    app = importlib.import_module("falcon").App()

    class Resource:
        def on_get(self, req: Any, resp: Any, item: int = 0) -> None:
            resp.text = "Hello, World!"

    resource = Resource()
    for number in range(half):
        app.add_route(static_path(number), resource)
        app.add_route(dynamic_path(number, "{item:int}"), resource)
    return app


def build_django(half: int) -> Any:
    conf = importlib.import_module("django.conf")
    conf.settings.configure(
        ROOT_URLCONF="django_routes", ALLOWED_HOSTS=["*"], MIDDLEWARE=[]
    )
    urls = importlib.import_module("django.urls")
    respond = importlib.import_module("django.http").HttpResponse

    def view(request: Any, item: int = 0) -> Any:
        return respond("Hello, World!")

    patterns = []
    for number in range(half):
        patterns.append(urls.path(static_path(number)[1:], view))
        patterns.append(urls.path(dynamic_path(number, "<int:item>")[1:], view))
    module = type(sys)("django_routes")
    module.urlpatterns = patterns  # type: ignore[attr-defined] # a module made here
    sys.modules["django_routes"] = module
    return importlib.import_module("django.core.wsgi").get_wsgi_application()


def build_pyramid(half: int) -> Any:
    config = importlib.import_module("pyramid.config").Configurator()
    respond = importlib.import_module("pyramid.response").Response

    def view(request: Any) -> Any:
        return respond("Hello, World!")

    for number in range(half):
        config.add_route(f"static{number}", static_path(number))
        config.add_view(view, route_name=f"static{number}")
        config.add_route(f"dynamic{number}", dynamic_path(number, r"{item:\d+}"))
        config.add_view(view, route_name=f"dynamic{number}")
    return config.make_wsgi_app()


def build_starlette(half: int) -> Any:
    route = importlib.import_module("starlette.routing").Route
    respond = importlib.import_module("starlette.responses").PlainTextResponse

    async def view(request: Any) -> Any:
        return respond("Hello, World!")

    routes = []
    for number in range(half):
        routes.append(route(static_path(number), view))
        routes.append(route(dynamic_path(number, "{item:int}"), view))
    return importlib.import_module("starlette.applications").Starlette(routes=routes)


def build_litestar(half: int) -> Any:
    litestar = importlib.import_module("litestar")

    async def static() -> str:
        return "Hello, World!"

    async def dynamic(item: int) -> str:
        return "Hello, World!"

    # One handler with many paths: Litestar's own way to have them cheaply.
    lists = [static_path(number) for number in range(half)]
    items = [dynamic_path(number, "{item:int}") for number in range(half)]
    handlers = [litestar.get(lists)(static), litestar.get(items)(dynamic)]
    return litestar.Litestar(handlers, openapi_config=None)


BUILDERS: dict[str, tuple[Callable[[int], Any], Any]] = {
    "segue": (build_segue, wsgi_calls),
    "flask": (build_flask, wsgi_calls),
    "bottle": (build_bottle, wsgi_calls),
    "falcon": (build_falcon, wsgi_calls),
    "django": (build_django, wsgi_calls),
    "pyramid": (build_pyramid, wsgi_calls),
    "starlette": (build_starlette, asgi_calls),
    "litestar": (build_litestar, asgi_calls),
}


def ask(runners: list[Runner], times: int) -> float:
    """Ask all routes in turn; return microseconds of CPU per request."""
    start = time.process_time_ns()
    for _ in range(times):
        for runner in runners:
            runner(1)
    return (time.process_time_ns() - start) / 1e3 / times / len(runners)


def measure(runners: list[Runner], batches: int) -> float:
    """Return the least disturbed of several batches of at least a tenth of a second."""
    for runner in runners:
        heard = runner(1)
        if heard.status != 200 or heard.body != b"Hello, World!":
            raise SystemExit(f"answered {heard.status} {heard.body[:200]!r}")
    once = ask(runners, 1) * len(runners) / 1e6
    times = max(1, round(ENOUGH / max(once, 1e-6)))
    return min(ask(runners, times) for _ in range(batches))


def main() -> None:
    """Build, ask, print."""
    task = json.load(sys.stdin)
    build, caller = BUILDERS[task["framework"]]
    half = task["routes"] // 2
    numbers = [index * half // ASKED for index in range(ASKED)]
    start = time.perf_counter()
    app = build(half)
    first = caller(app, Call("GET", static_path(0)))
    first(1)
    built = time.perf_counter() - start
    statics = [caller(app, Call("GET", static_path(n))) for n in numbers]
    dynamics = [caller(app, Call("GET", dynamic_path(n, "7"))) for n in numbers]
    result = {
        "static": measure(statics, task["batches"]),
        "dynamic": measure(dynamics, task["batches"]),
        "start": built,
    }
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
