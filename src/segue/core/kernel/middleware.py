"""Middleware: an onion of generators around a handler.

    @app.middleware
    def stamp(request: Request) -> Wrap:
        response = yield                        # on the way in: before this line
        response.headers["x-served-by"] = "me"  # on the way out: after it

The law:
1. A bare first `yield` lets the request in; the response comes out of it.
2. A first `yield answer` answers here and now; the response made of the answer
   comes out of it, and nothing further in runs.
3. Each later `yield answer` replaces the response.
4. An exception from further in arrives at the yield. Who swallows it must yield an
   answer; who lets it pass need not do anything.
5. A later bare `yield`, and swallowing without an answer, are mistakes.

A sync generator serves routes of both colours; an async one may await.
"""

from collections.abc import Callable, Generator, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final

import msgspec

from segue.core.errors import RouteError, WalkError, did_you_mean
from segue.core.handlers.answers import to_response
from segue.core.handlers.compile import Call
from segue.core.kernel.steps import Colour, Failure, Step, Walk

__all__ = ["Layer", "arrange", "onion"]

_DONE: Final = object()


class Layer(msgspec.Struct, frozen=True):
    """One middleware, compiled.

    Attributes:
        before: Functions or names of middleware that must be further in.
        after: Functions or names of middleware that must be further out.
    """

    call: Call
    before: tuple[Any, ...] = ()
    after: tuple[Any, ...] = ()

    @property
    def is_async(self) -> bool:
        """Whether the generator awaits."""
        return self.call.plan.is_async

    @property
    def blocks(self) -> bool:
        """Whether it may wait: it works with a value for plain functions only."""
        made = self.call.plan.provided
        return not self.is_async and any(o.provider.serves == "def" for o in made)

    @property
    def name(self) -> str:
        """The name of the function."""
        return self.call.plan.name


def arrange(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """Put layers in order: as added, except where `before` and `after` say else.

    Raises:
        RouteError: The constraints go round in a circle, or name nothing.
    """
    names = {layer.name: layer for layer in layers}
    functions = {layer.call.plan.function: layer for layer in layers}

    def find(target: Any, layer: Layer) -> Layer | None:
        found = names.get(target) or functions.get(target) if target else None
        if found is None and isinstance(target, str):
            raise RouteError(
                "SG-WALK-020",
                f"Middleware {layer.name}() is ordered against {target!r}, which is "
                f"no middleware here.{did_you_mean(target, names)}",
                why="The order that was asked for cannot be kept.",
                fix="Name a middleware of the same app or group, or take the "
                "constraint away.",
                where=(layer.call.plan.place,),
            )
        return found

    graph: dict[int, set[int]] = {index: set() for index in range(len(layers))}
    index_of = {id(layer): index for index, layer in enumerate(layers)}
    for index, layer in enumerate(layers):
        for other in filter(None, (find(target, layer) for target in layer.after)):
            graph[index].add(index_of[id(other)])
        for other in filter(None, (find(target, layer) for target in layer.before)):
            graph[index_of[id(other)]].add(index)
    return tuple(layers[index] for index in _sorted(graph, layers))


def _sorted(graph: dict[int, set[int]], layers: Sequence[Layer]) -> list[int]:
    sorter = TopologicalSorter(graph)
    try:
        sorter.prepare()
    except CycleError as error:
        circle: list[int] = error.args[1]
        parties = [layers[index] for index in circle[:-1]]
        raise RouteError(
            "SG-WALK-021",
            "The order of middleware goes round in a circle: "
            + ", ".join(f"{layer.name}()" for layer in parties)
            + ".",
            why="No order keeps all the constraints.",
            fix="Take one `before=` or `after=` away.",
            where=tuple(layer.call.plan.place for layer in parties),
        ) from error
    order: list[int] = []
    ready: list[int] = []
    while sorter.is_active():
        ready = sorted([*ready, *sorter.get_ready()])
        first = ready.pop(0)
        order.append(first)
        sorter.done(first)
    return order


def onion(
    layers: Sequence[Layer], inputs: Callable[[Call], tuple[Any, ...]], inner: Walk
) -> Walk:
    """Walk through the layers around an inner walk.

    Args:
        layers: From the outermost to the innermost.
        inputs: Gathers what the function of a layer takes.
        inner: What they surround.

    Returns:
        A walk that ends with a `Response`, or a `Failure` that no layer took.
    """
    if not layers:
        return (yield from inner)
    layer, further = layers[0], layers[1:]
    wrap = _Wrap(layer)
    opened = yield from wrap.begin(inputs)
    if isinstance(opened, Failure):
        inner.close()
        return opened
    if opened is not None:
        inner.close()
        outcome = _response(opened)
    else:
        try:
            outcome = yield from onion(further, inputs, inner)
        except BaseException as error:
            yield from wrap.abandon(error)
            raise
    if isinstance(outcome, Failure):
        return (yield from wrap.fail(outcome))
    return (yield from wrap.finish(outcome))


def _response(answer: Any) -> Any:
    try:
        return to_response(answer)
    except Exception as error:
        return Failure(error)


class _Wrap:
    """The running generator of one layer."""

    def __init__(self, layer: Layer) -> None:
        self._layer = layer
        self._generator: Any = None
        if layer.is_async:
            self._send = Step(_asend, Colour.ASYNC)
            self._throw = Step(_athrow, Colour.ASYNC)
        else:
            colour = Colour.BLOCKING if layer.blocks else Colour.LIGHT
            self._send = Step(_send, colour)
            self._throw = Step(_throw, colour)

    def begin(self, inputs: Callable[[Call], tuple[Any, ...]]) -> Walk:
        """Run to the first yield; give what it yields."""
        call = self._layer.call
        try:
            given = inputs(call)
            made = None if call.scope else call.function(*given)
        except Exception as error:
            return Failure(error)
        if call.scope:
            # What providers make for it may wait.
            colour = Colour.ASYNC if call.is_async else Colour.BLOCKING
            made = yield Step(call.function, colour), given
            if isinstance(made, Failure):
                return made
        self._generator = made
        first = yield self._send, (self._generator, None)
        if first is _DONE:
            return Failure(self._mistake("ended without a yield"))
        return first

    def finish(self, response: Any) -> Walk:
        """Hand the response in; take replacements until the generator ends."""
        value = response
        while True:
            result = yield self._send, (self._generator, value)
            if result is _DONE:
                return response
            if isinstance(result, Failure):
                return result
            if result is None:
                yield from self.abandon(GeneratorExit())
                return Failure(self._mistake("yielded twice without an answer"))
            response = value = _response(result)
            if isinstance(response, Failure):
                return (yield from self.fail(response))

    def fail(self, failure: Failure) -> Walk:
        """Throw an error in; what it yields is the answer instead."""
        result = yield self._throw, (self._generator, failure.error)
        if isinstance(result, Failure):
            error = result.error
            if _is_same(error, failure.error):
                return failure
            return result
        if result is _DONE or result is None:
            mistake = self._mistake("swallowed an error without an answer")
            mistake.__cause__ = failure.error
            if result is None:
                yield from self.abandon(GeneratorExit())
            return Failure(mistake)
        return (yield from self.finish(_response(result)))

    def abandon(self, error: BaseException) -> Walk:
        """Let the generator's `finally` run; its answer does not matter any more."""
        yield self._throw, (self._generator, error)

    def _mistake(self, what: str) -> WalkError:
        return WalkError(
            "SG-WALK-022",
            f"Middleware {self._layer.name}() {what}.",
            why="A request has exactly one answer.",
            fix="Write `response = yield` once; to answer yourself, "
            "`yield answer`; to let an error pass, do not catch it.",
            where=(self._layer.call.plan.place,),
        )


def _is_same(raised: BaseException, thrown: BaseException) -> bool:
    # A StopIteration thrown into a generator comes out wrapped (PEP 479).
    if raised is thrown:
        return True
    return (
        isinstance(raised, RuntimeError)
        and isinstance(thrown, (StopIteration, StopAsyncIteration))
        and raised.__cause__ is thrown
    )


def _send(generator: Generator[Any, Any, None], value: Any) -> Any:
    try:
        return generator.send(value)
    except StopIteration:
        return _DONE


def _throw(generator: Generator[Any, Any, None], error: BaseException) -> Any:
    try:
        return generator.throw(error)
    except (StopIteration, GeneratorExit):
        return _DONE


async def _asend(generator: Any, value: Any) -> Any:
    try:
        return await generator.asend(value)
    except StopAsyncIteration:
        return _DONE


async def _athrow(generator: Any, error: BaseException) -> Any:
    try:
        return await generator.athrow(error)
    except (StopAsyncIteration, GeneratorExit):
        return _DONE
