"""Explain one request: who would answer it, through what, with what, and why."""

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

import msgspec

from segue.core.handlers.plan import Plan
from segue.core.http.request import Request
from segue.core.kernel.entry import Entry
from segue.core.kernel.kernel import Kernel
from segue.core.kernel.permission import ask_guards
from segue.core.routing.matcher import Found

__all__ = ["Explanation", "explain"]


class Explanation(msgspec.Struct, frozen=True):
    """What would happen to one request.

    Attributes:
        candidates: Every route that came near, the best first, with the reason why
            it answers or does not.
        answer: The name and place of the handler; None when no route answers.
        steps: What runs, in order.
        arguments: Where each argument of the handler comes from.
        providers: What is made for the request: by whom, for how long, from what.
        source: The function that was written for the route.
        permission: What each guard decided, where they were asked.
    """

    method: str
    path: str
    candidates: tuple[dict[str, Any], ...]
    answer: str | None
    miss: str
    steps: tuple[str, ...]
    arguments: tuple[str, ...]
    source: str
    providers: tuple[str, ...] = ()
    permission: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """Build data for JSON."""
        return {name: getattr(self, name) for name in self.__struct_fields__}

    def __str__(self) -> str:
        lines = [f"{self.method} {self.path}", "", "candidates"]
        for candidate in self.candidates:
            mark = "->" if candidate["matched"] else "  "
            lines.append(f"  {mark} {candidate['route']}  {candidate['reason']}")
        if not self.candidates:
            lines.append("     none")
        if self.answer is None:
            return "\n".join([*lines, "", f"answer: {self.miss}"])
        lines += ["", f"answer: {self.answer}", "", "steps"]
        lines += [f"  {step}" for step in self.steps]
        lines += ["", "arguments"]
        lines += [f"  {argument}" for argument in self.arguments] or ["  none"]
        if self.permission:
            lines += ["", "permission", *(f"  {each}" for each in self.permission)]
        if self.providers:
            lines += ["", "providers", *(f"  {each}" for each in self.providers)]
        lines += ["", "source", *(f"  {line}" for line in self.source.splitlines())]
        return "\n".join(lines)


class _Imagined:
    """An exchange that no server had."""

    protocol = "explain"
    root_path = ""
    scheme = "http"
    http_version = "1.1"
    client = ("127.0.0.1", 0)
    server = ("localhost", 80)
    raw = None

    def __init__(self, method: str, target: str, headers: Iterable[Any]) -> None:
        parts = urlsplit(target)
        self.method = method
        self.path = parts.path or "/"
        self.query_string = parts.query
        self._headers = [(str(k).lower(), str(v)) for k, v in headers]
        if not any(name == "host" for name, _ in self._headers):
            self._headers.append(("host", parts.netloc or "localhost"))
        self.body = _NoBody()

    def header_pairs(self) -> list[tuple[str, str]]:
        """Give the headers that were imagined."""
        return self._headers


class _NoBody:
    content_length = 0

    def chunks(self) -> Iterator[bytes]:
        """Give nothing."""
        return iter((b"",))

    async def achunks(self) -> AsyncIterator[bytes]:
        """Give nothing."""
        for chunk in self.chunks():
            yield chunk


def explain(
    kernel: Kernel,
    method: str,
    target: str,
    headers: Iterable[tuple[str, str]] = (),
    *,
    ask: bool = False,
) -> Explanation:
    """Explain which route answers, and how.

    Args:
        kernel: The frozen app.
        method: Any case.
        target: A path, with a query if predicates look at it.
        headers: What predicates look at, `Host` among them.
        ask: Start the app and ask the guards what they decide.
    """
    method = method.upper()
    exchange = _Imagined(method, target, headers)
    request = Request(exchange, limits=kernel.configuration.limits, app=kernel.app)
    path, host = exchange.path, request.host
    nearest = kernel.table.explain(method, path, host, request)
    candidates = tuple(
        {
            "route": str(candidate.route),
            "place": candidate.route.place,
            "matched": candidate.matched,
            "reason": candidate.reason,
        }
        for candidate in nearest
    )
    found = kernel.table.search(path, method, host, lambda: request)
    if not isinstance(found, Found):
        entry = kernel.miss(request, found)
        miss = _told(entry)
        return Explanation(method, target, candidates, None, miss, (), (), "")
    entry = kernel.entry_for(found.route)
    plan = entry.call.plan
    permission: tuple[str, ...] = ()
    if ask:
        import asyncio  # noqa: PLC0415 - only who asks pays for it

        values = (*found.values, *found.host_values.values())
        imagined = kernel.request(exchange, entry, values)
        permission = asyncio.run(ask_guards(kernel, plan, imagined))
    return Explanation(
        method=method,
        path=target,
        candidates=candidates,
        answer=f"{plan.name}() at {plan.place}",
        miss="",
        steps=tuple(_steps(kernel, entry)),
        arguments=tuple(str(argument) for argument in plan.arguments),
        source=entry.call.source,
        providers=tuple(_providers(plan)),
        permission=permission or ("no guard: everybody may",) * ask,
    )


def _told(entry: Entry) -> str:
    try:
        response = entry.call.function()
    except Exception as error:
        return str(error)
    location = response.headers.get("location")
    return f"{response.status}" + (f" to {location}" if location else "")


def _steps(kernel: Kernel, entry: Entry) -> Iterable[str]:
    yield "host: one, valid, and served here"
    for layer in entry.layers:
        yield f"middleware {_named(layer.call.plan)}"
    for hook in entry.befores:
        yield f"before {_named(hook.call.plan)}"
    plan = entry.call.plan
    for guard in plan.guards:
        yield f"guard {_named(guard)}: {_asked(guard)}"
    colour = {"async": "awaited", "light": "here", "blocking": "in a worker thread"}
    yield f"handler {_named(plan)}, {colour[entry.colour.value]}"
    if entry.timeout is not None:
        yield f"at most {entry.timeout} seconds"
    yield f"answer: {plan.leaves}, status {entry.status}"
    for hook in kernel.surface.afters:
        yield f"after {_named(hook.call.plan)}"
    for hook in kernel.teardowns:
        yield f"teardown {_named(hook.call.plan)}"


def _providers(plan: Plan) -> Iterator[str]:
    for one in plan.provided:
        yield f"{one}: {_asked(one.plan)}"


def _asked(plan: Plan) -> str:
    return ", ".join(map(str, plan.arguments)) or "asks for nothing"


def _named(plan: Plan) -> str:
    return f"{plan.name}() at {plan.place}"
