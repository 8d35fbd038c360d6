"""A Scope: what providers have made for one piece of work, each value once.

The function of a route makes what its handler needs by itself, without a scope. This
one is for all others: hooks, middleware, listeners, commands, scripts. What a hook of a
route and its handler both ask for comes from the scope for both.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from segue.core.di.opened import AsyncOpened
from segue.core.di.unit import Unit
from segue.core.errors import Unauthorized
from segue.core.handlers.compile import Call
from segue.core.http.bodies import running_loop
from segue.core.http.request import Request
from segue.core.types import UNSET

__all__ = ["Scope", "Wanted"]

Wanted: TypeAlias = tuple[Any, bool]
"""The key of a provider, and whether None will do where nobody is logged in."""


class Scope:
    """The values made for one request, or for a piece of work without one.

    Args:
        find: Finds the compiled factory of what is wanted.
        values: The values of the app by type; one of these counts over a factory.
        run: Runs a plain function in a worker thread.
        request: The request, if there is one.
    """

    def __init__(
        self,
        find: Callable[[Wanted], Call],
        values: Mapping[Any, Any],
        run: Callable[..., Any],
        request: Request | None = None,
    ) -> None:
        self.request = request
        self.error: BaseException | None = None
        self._find = find
        self._values = values
        self._made: dict[Wanted, Any] = {}
        self._opened = AsyncOpened(run)
        self._run = run
        self._loop = running_loop()

    def get(self, key: Any, *, optional: bool = False) -> Any:
        """Get the value of a type; make it if nobody asked before.

        Raises:
            PlanError: Nothing provides it here, or it must be awaited.
        """
        value = self._known(key, optional)
        if value is not UNSET:
            return value
        call = self._find((key, optional))
        try:
            made = call.function(*self._inputs(call))
            value = self._opened.open_here(made) if call.plan.is_generator else made
            self._enter(value)
        except Unauthorized:
            if not optional:
                raise
            value = None
        self._made[key, optional] = value
        return value

    async def aget(self, key: Any, *, optional: bool = False) -> Any:
        """Get the value of a type from async code, as `get` does."""
        value = self._known(key, optional)
        if value is not UNSET:
            return value
        call = self._find((key, optional))
        try:
            value = await self._make(call)
            self._enter(value)
        except Unauthorized:
            if not optional:
                raise
            value = None
        self._made[key, optional] = value
        return value

    async def _make(self, call: Call) -> Any:
        plan, inputs = call.plan, self._inputs(call)
        light = plan.inline or isinstance(plan.function, type)
        if plan.is_generator:
            generator = call.function(*inputs)
            if call.is_async:
                generator = await generator
            if plan.is_async:
                return await self._opened.open(generator)
            if light:
                return self._opened.open_here(generator)
            return await self._opened.open_blocking(generator)
        if call.is_async:
            return await call.function(*inputs)
        if light:
            return call.function(*inputs)
        return await self._run(call.function, *inputs)

    def _enter(self, value: Any) -> None:
        if isinstance(value, Unit):
            self._opened.enter(value, self._loop)

    def _known(self, key: Any, optional: bool) -> Any:
        made = self._made.get((key, optional), UNSET)
        return self._values.get(key, UNSET) if made is UNSET else made

    def _inputs(self, call: Call) -> list[Any]:
        request = self.request
        inputs: list[Any] = []
        if request is not None:
            inputs += [request.query_string] if call.query else []
            inputs += [request] if call.request else []
        inputs += [self] if call.scope else []
        known = {} if request is None else request.values
        return [*inputs, *(known.get(name) for name in call.plan.path_names)]

    def close(self, response: Any = None) -> None:
        """Give everything back, from sync code.

        Raises:
            Exception: What one of the providers raised at its end.
        """
        self._opened.finish_here(response, self.error)

    async def aclose(self, response: Any = None) -> None:
        """Give everything back, from async code."""
        await self._opened.finish(response, self.error)
