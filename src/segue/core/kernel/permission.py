"""Ask the guards of a route about one request, and nothing else.

    segue explain GET /orders/7 --header "x-api-key: k" --ask

What guards need is really made, since nothing else could say what they decide: the app
is started, providers run, and their ends run as well. The handler is not called, and no
body is read.
"""

from typing import Final

import msgspec

from segue.core.errors import HTTPError
from segue.core.handlers.compile import compile_plan
from segue.core.handlers.plan import Plan
from segue.core.http.request import Request
from segue.core.kernel.kernel import Kernel

__all__ = ["ask_guards"]


_PASSES: Final = "lets it pass"


async def ask_guards(kernel: Kernel, plan: Plan, request: Request) -> tuple[str, ...]:
    """Ask each guard of a route in turn, until one refuses.

    Args:
        kernel: The frozen app; it is started and stopped.
        plan: The plan of the route.
        request: The request that is imagined, with the values of its path.

    Returns:
        A line for each guard: what it decided, or that it was not asked.
    """
    told: list[str] = []
    await kernel.astart()
    try:
        refused = False
        for guard in plan.guards:
            words = "not asked" if refused else await _ask(kernel, plan, guard, request)
            refused = refused or words != _PASSES
            told.append(f"{guard.name}() at {guard.place}: {words}")
    finally:
        await kernel.astop()
    return tuple(told)


async def _ask(kernel: Kernel, plan: Plan, guard: Plan, request: Request) -> str:
    alone = msgspec.structs.replace(
        plan,
        function=_pass,
        name="ask",
        arguments=(),
        guards=(guard,),
        is_async=True,
        is_generator=False,
    )
    call = compile_plan(alone, kernel.tools, answers=False)
    inputs = [request.query_string] * call.query + [request] * call.request
    try:
        await call.function(*inputs, *map(request.values.get, plan.path_names))
    except HTTPError as error:
        return f"refuses with {error.status}: {error.detail or error.title}"
    except Exception as error:  # a guard may do anything, and that is what is asked
        return f"fails with {type(error).__name__}: {error}"
    return _PASSES


async def _pass() -> None:
    """Stand where the handler would be."""
