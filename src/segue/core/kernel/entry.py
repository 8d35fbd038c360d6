"""An Entry: everything one route needs at run time, made once."""

from collections.abc import Mapping
from typing import Any

import msgspec

from segue.core.handlers.answers import MEDIA_TYPES
from segue.core.handlers.compile import Call
from segue.core.handlers.plan import Plan
from segue.core.http.limits import Limits
from segue.core.http.response import Response
from segue.core.kernel.middleware import Layer
from segue.core.kernel.steps import Colour, Step
from segue.core.websockets.socket import Messages

__all__ = ["Entry", "Hook", "colour_of", "hook_of"]


def colour_of(call: Call) -> Colour:
    """Tell how a function is done on an event loop."""
    if call.is_async:
        return Colour.ASYNC
    return Colour.LIGHT if call.is_light else Colour.BLOCKING


class Hook(msgspec.Struct, frozen=True):
    """A compiled function that is no handler: before, after, teardown, on."""

    call: Call
    step: Step

    @property
    def is_async(self) -> bool:
        """Whether it is awaited."""
        return self.step.colour is Colour.ASYNC


def hook_of(call: Call) -> Hook:
    """Make the hook of a compiled function."""
    return Hook(call, Step(call.function, colour_of(call)))


class Entry(msgspec.Struct, frozen=True):
    """One route with what surrounds it.

    Attributes:
        route: The route as it was written; None for an answer without one.
        call: The compiled handler.
        layers: Middleware from the outermost to the innermost.
        befores: Hooks before the handler, the app's first.
        errors: Who answers an error, by class or status, the innermost group first.
        limits: The app's, with the route's own for the body.
        is_async: Some step of the walk is awaited.
        is_light: No step of the walk waits.
        is_plain: Nothing surrounds the handler: the protocols take the short way.
        path_names: The names of the values of path and host, in their order.
        messages: How the handler of a socket reads and writes.
    """

    route: Any
    call: Call
    colour: Colour
    layers: tuple[Layer, ...] = ()
    befores: tuple[Hook, ...] = ()
    errors: tuple[Mapping[Any, Hook], ...] = ()
    limits: Limits = msgspec.field(default_factory=Limits)
    timeout: float | None = None
    is_async: bool = False
    is_light: bool = False
    is_plain: bool = True
    path_names: tuple[str, ...] = ()
    messages: Messages | None = None

    @property
    def status(self) -> int:
        """The status of a plain answer."""
        return self.call.plan.status or 200

    def response(self, result: Any) -> Response:
        """Make the `Response` of what the compiled handler returned, a pair or one."""
        if isinstance(result, Response):
            return result
        kind: int
        kind, body = result
        return Response(body, self.status, media_type=MEDIA_TYPES[kind])

    def telling(self, answer: Response | Exception) -> "Entry":
        """Make an entry like this one whose handler tells a fixed answer."""

        def tell() -> Response:
            if isinstance(answer, Exception):
                raise answer
            return answer

        plan = Plan(function=tell, name="tell", place="", arguments=(), inline=True)
        call = Call(plan, tell, "")
        return msgspec.structs.replace(self, call=call, colour=Colour.LIGHT)
