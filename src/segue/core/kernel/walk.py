"""The walk of one request with everything around it. The file to read first.

    after hooks                          on every answer
      500 page                           what nobody took
        middleware                       from the app's to the innermost group's
          HTTPError, @app.on             innermost answers
            before hooks
              inputs -> handler          the compiled call

A route that nothing surrounds does not come here: the protocols call its function
directly and come back only when it fails. What to change together: this file and
the short ways in `core/protocols`.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from segue.core.errors import ClientDisconnected, HTTPError, InternalServerError
from segue.core.handlers.answers import to_response
from segue.core.handlers.compile import Call
from segue.core.handlers.plan import Source
from segue.core.http.bodies import on_event_loop
from segue.core.http.request import Request
from segue.core.http.response import Redirect, Response
from segue.core.kernel.entry import Entry, Hook
from segue.core.kernel.faultlog import FaultLog
from segue.core.kernel.faults import (
    find_handler,
    http_answer,
    unexpected,
)
from segue.core.kernel.middleware import onion
from segue.core.kernel.scope import Scope
from segue.core.kernel.steps import Colour, Failure, Step, Walk

__all__ = ["Surface", "hook_inputs", "settle", "walk"]

_READ_BODY = Step(Request.body, Colour.LIGHT)
_AREAD_BODY = Step(Request.abody, Colour.ASYNC)
_AREAD_FORM = Step(Request.aform, Colour.ASYNC)


class Surface(msgspec.Struct, frozen=True):
    """What is outermost on every answer of an app.

    Attributes:
        afters: Hooks on every answer, in the order of their adding.
        faults: Where what nobody took is written.
        url: Builds the address of a route, for redirects.
        check: Refuses a request whose forwarded host is not served; None where no
            proxy is believed about the host.
        debug_page: Builds the page of development from an error and its request;
            None in production.
        debug_miss: Builds the page of development for a miss; None in production.
        scope_of: Finds the scope of a request, or makes it.
    """

    afters: tuple[Hook, ...] = ()
    faults: FaultLog = msgspec.field(default_factory=FaultLog)
    url: Callable[..., str] = msgspec.field(default=str)
    check: Callable[[Request], None] | None = None
    debug_page: Callable[[Exception, Request], Response] | None = None
    debug_miss: Callable[[HTTPError, Request], Response] | None = None
    scope_of: Callable[[Request], Any] = msgspec.field(default=id)


def walk(
    surface: Surface,
    entry: Entry,
    request: Request,
    values: tuple[Any, ...] = (),
    failure: Failure | None = None,
) -> Walk:
    """Walk a request through everything, to a `Response`.

    Args:
        surface: What is outermost.
        entry: The route that was found, or the one that tells of a miss.
        request: The request.
        values: The values of the path.
        failure: What the short way of a plain route already ran into.

    Returns:
        A walk that ends with a `Response` in any case.
    """
    if failure is None:
        inner = _innermost(surface, entry, request, values)
        outcome = yield from onion(
            entry.layers, partial(hook_inputs, surface, request=request), inner
        )
    else:
        outcome = failure
    if isinstance(outcome, Failure):
        # What a middleware raised has not been offered to anybody yet.
        outcome = yield from _answer(surface, entry, request, outcome)
    response = yield from _certain(surface, entry, request, outcome)
    for hook in surface.afters:
        result = yield (
            hook.step,
            hook_inputs(surface, hook.call, request, response, None),
        )
        if isinstance(result, Failure):
            response = _last(surface, request, result.error)
        elif result is not None:
            made = _made(result)
            if isinstance(made, Failure):
                response = _last(surface, request, made.error)
            else:
                response = made
    if request.scope is not None:
        response = yield from _close_scope(surface, entry, request, response)
    return response


def _close_scope(
    surface: Surface, entry: Entry, request: Request, response: Response
) -> Walk:
    """Give back what providers made for the hooks, before the answer leaves."""
    scope: Scope = request.scope
    request.scope = None
    step = (
        Step(scope.aclose, Colour.ASYNC)
        if on_event_loop()
        else Step(scope.close, Colour.BLOCKING)
    )
    result = yield step, (response,)
    if isinstance(result, Failure) and result.error is not scope.error:
        outcome = yield from _answer(surface, entry, request, result)
        return (yield from _certain(surface, entry, request, outcome))
    return response


def _innermost(
    surface: Surface, entry: Entry, request: Request, values: tuple[Any, ...]
) -> Walk:
    outcome = yield from _handle(surface, entry, request, values)
    if isinstance(outcome, Failure):
        if request.scope is not None:
            request.scope.error = outcome.error
        return (yield from _answer(surface, entry, request, outcome))
    return outcome


def _handle(
    surface: Surface, entry: Entry, request: Request, values: tuple[Any, ...]
) -> Walk:
    if surface.check is not None:
        try:
            surface.check(request)
        except HTTPError as refused:
            return Failure(refused)
    for hook in entry.befores:
        result = yield hook.step, hook_inputs(surface, hook.call, request, None, None)
        if result is not None:
            return result if isinstance(result, Failure) else _made(result)
    inputs = yield from _gather_inputs(surface, entry, request)
    if isinstance(inputs, Failure):
        return inputs
    result = yield Step(entry.call.function, entry.colour), (*inputs, *values)
    return result if isinstance(result, Failure) else entry.response(result)


def _gather_inputs(surface: Surface, entry: Entry, request: Request) -> Walk:
    """Gather what the function of a handler takes before the values of the path."""
    call = entry.call
    inputs: list[Any] = []
    if call.query:
        inputs.append(request.query_string)
    if call.body:
        # The walk goes where its driver is: on a loop, or in a thread that may wait.
        body = yield (_AREAD_BODY if on_event_loop() else _READ_BODY), (request,)
        if isinstance(body, Failure):
            return body
        inputs += body, request.headers.get("content-type") or ""
    if call.reads_ahead and on_event_loop():
        # A handler on the loop could not wait for it; what is read is kept.
        read = _AREAD_FORM if call.plan.uses(Source.FORM) else _AREAD_BODY
        ahead = yield read, (request,)
        if isinstance(ahead, Failure):
            return ahead
    if call.request:
        inputs.append(request)
    if call.scope:
        inputs.append(surface.scope_of(request))
    return inputs


def _answer(surface: Surface, entry: Entry, request: Request, failure: Failure) -> Walk:
    """Let `@app.on` and `HTTPError` make an answer of a failure, if they can."""
    error = failure.error
    hook = find_handler(error, entry.errors)
    if hook is not None:
        inputs = hook_inputs(surface, hook.call, request, None, error)
        result = yield hook.step, inputs
        if isinstance(result, Failure):
            return result
        return _inherited(_made(result), result, error)
    if isinstance(error, HTTPError):
        if surface.debug_miss is not None and entry.route is None:
            return surface.debug_miss(error, request)
        return http_answer(error, request)
    return failure


def _inherited(made: Any, result: Any, error: Exception) -> Any:
    """Let a page for 404 that does not say its status be a 404, with its headers."""
    if isinstance(error, HTTPError) and isinstance(made, Response):
        if type(result) is not tuple and made.status == 200:  # noqa: PLR2004 - the default
            made.status = error.status
        for name, value in error.headers.items():
            made.headers.setdefault(name, value)
    return made


def _certain(surface: Surface, entry: Entry, request: Request, outcome: Any) -> Walk:
    """Make sure that there is a response: the 500 page, if nothing else."""
    if not isinstance(outcome, Failure):
        try:
            settle(surface, outcome, request)
            return outcome
        except Exception as unsettled:
            outcome = Failure(unsettled)
    error = outcome.error
    if isinstance(error, HTTPError):
        return http_answer(error, request)
    hook = find_handler(InternalServerError(), entry.errors)
    is_lost = isinstance(error, ClientDisconnected)
    if hook is None or is_lost or surface.debug_page is not None:
        return _last(surface, request, error)
    surface.faults.write(error, request)
    result = yield hook.step, hook_inputs(surface, hook.call, request, None, error)
    made = result if isinstance(result, Failure) else _made(result, 500)
    if isinstance(made, Failure):
        return _last(surface, request, made.error)
    made.headers["x-request-id"] = request.id
    return made


def settle(surface: Surface, response: Response, request: Request | None) -> None:
    """Find the address of a redirect; answer the request's conditions.

    Args:
        surface: Builds addresses.
        response: What is about to leave.
        request: May be None where the response does not look at it.
    """
    if isinstance(response, Redirect):
        response.resolve(surface.url)
    elif request is not None and response.conditional:
        response.prepare(request)


def _last(surface: Surface, request: Request, error: Exception) -> Response:
    surface.faults.write(error, request)
    if isinstance(error, ClientDisconnected):
        return Response(status=499)
    if surface.debug_page is not None:
        return surface.debug_page(error, request)
    return unexpected(error, request)


def _made(answer: Any, status: int | None = None) -> Any:
    try:
        return to_response(answer, status)
    except Exception as error:
        return Failure(error)


def hook_inputs(
    surface: Surface,
    call: Call,
    request: Request,
    response: Response | None = None,
    error: Exception | None = None,
) -> tuple[Any, ...]:
    """Gather what a hook's function takes: the request, then the moment's values."""
    inputs: list[Any] = [request] if call.request else []
    if call.carried:
        inputs.append(_Carried(response, error))
    if call.scope:
        inputs.append(surface.scope_of(request))
    return tuple(inputs)


class _Carried:
    """The values of the moment, looked up by the type that was asked for."""

    __slots__ = ("_error", "_response")

    def __init__(self, response: Response | None, error: Exception | None) -> None:
        self._response = response
        self._error = error

    def __getitem__(self, key: type) -> Any:
        return self._response if issubclass(key, Response) else self._error
