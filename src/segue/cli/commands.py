"""Own commands: a typed function becomes a command of `segue`.

A parameter without a default is an argument, one with a default is an option,
`bool` is a pair of flags, a list may be given several times. What is asked for
by a type that the app itself provides (the `App`, its settings) is filled in.
The docstring is the help; its section `Args:` tells about each parameter.
"""

import inspect
import typing
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

import click

from segue.app import App
from segue.cli.values import Reading, reading_of
from segue.core.config.settings import Settings
from segue.core.errors import CommandError
from segue.core.handlers.docstring import Docstring, parse_docstring

__all__ = ["build_command", "commands_of"]

_NO_DEFAULT: Final = inspect.Parameter.empty
_Kind = inspect.Parameter


@dataclass(frozen=True, slots=True)
class _Signature:
    """What a function asks for: from the command line, and from the app."""

    parameters: tuple[click.Parameter, ...]
    injected: Mapping[str, Any]
    before: tuple[str, ...]
    spread: str | None

    def positional(self, values: dict[str, Any]) -> list[Any]:
        """Take out what must be passed by position: `*rest` and all before it."""
        if self.spread is None:
            return []
        return [*(values.pop(name) for name in self.before), *values.pop(self.spread)]


def commands_of(app: App, taken: Collection[str] = ()) -> dict[str, click.Command]:
    """Build the commands that an app registered, by name.

    A name of two words, `db make`, is a command within a command.

    Raises:
        CommandError: If a name is taken, or a signature cannot be served.
    """
    commands: dict[str, click.Command] = {}
    for name, function in app.commands.items():
        spelled, _, inner = name.replace("_", "-").partition(" ")
        group = commands.get(spelled)
        if spelled in taken or not (group is None or _holds(group, inner)):
            raise CommandError(
                "SG-CLI-008",
                f"The command {spelled!r} is claimed more than once.",
                why="It is a command of Segue, so the app's own could never run.",
                where=[_place(function), f"segue {spelled}"],
                fix=f'Name it otherwise: @app.command(name="my-{spelled}")',
            )
        if inner:
            group = commands.setdefault(spelled, click.Group(spelled))
            _add(group, build_command(inner, function, app))
        else:
            commands[spelled] = build_command(spelled, function, app)
    return commands


def _holds(command: click.Command, inner: str) -> bool:
    """Whether a command can have one more inside."""
    return isinstance(command, click.Group) and bool(inner)


def _add(group: click.Command, command: click.Command) -> None:
    if isinstance(group, click.Group):
        group.add_command(command)
        names = ", ".join(group.commands)
        group.short_help = group.help = f"Commands: {names}."


def build_command(
    name: str, function: Callable[..., Any], app: App | None = None
) -> click.Command:
    """Build a click command from a typed function.

    Without an app the function can ask for nothing but the command line, unless
    it asks for the `App`: then the app of the folder is loaded when it runs.

    Raises:
        CommandError: If a parameter cannot be read from a command line.
    """
    words = parse_docstring(inspect.getdoc(function) or "")
    provided = frozenset[Any]() if app is None else app.kernel.provided
    signature = _read(function, words, provided)

    def call(**values: Any) -> None:
        known = {n: h for n, h in signature.injected.items() if h not in provided}
        if known:
            values |= _inject(function, known, app)
        made = {n: h for n, h in signature.injected.items() if h in provided}
        result = _run(function, signature, values, made, app)
        if result is not None:
            click.echo(result)

    return click.Command(
        name.replace("_", "-"),
        callback=call,
        params=list(signature.parameters),
        help=_help(words, signature),
        short_help=words.summary or None,
    )


def _run(
    function: Callable[..., Any],
    signature: _Signature,
    values: dict[str, Any],
    made: Mapping[str, Any],
    app: App | None,
) -> Any:
    """Run a command, in a started app if it asks for what providers make."""
    if inspect.iscoroutinefunction(function):
        # Most commands are plain functions, and asyncio is slow to import.
        import asyncio  # noqa: PLC0415

        return asyncio.run(_arun(function, signature, values, made, app))
    if not made or app is None:
        return function(*signature.positional(values), **values)
    with app.scope() as scope:
        values |= {name: scope.get(hint) for name, hint in made.items()}
        return function(*signature.positional(values), **values)


async def _arun(
    function: Callable[..., Any],
    signature: _Signature,
    values: dict[str, Any],
    made: Mapping[str, Any],
    app: App | None,
) -> Any:
    if not made or app is None:
        return await function(*signature.positional(values), **values)
    async with app.ascope() as scope:
        for name, hint in made.items():
            values[name] = await scope.aget(hint)
        return await function(*signature.positional(values), **values)


def _read(
    function: Callable[..., Any], words: Docstring, provided: Collection[Any]
) -> _Signature:
    hints = _hints(function)
    parameters: list[click.Parameter] = []
    injected: dict[str, Any] = {}
    before: tuple[str, ...] = ()
    spread: str | None = None
    seen: list[str] = []
    for parameter in inspect.signature(function).parameters.values():
        name = parameter.name
        if parameter.kind in {_Kind.VAR_KEYWORD, _Kind.POSITIONAL_ONLY}:
            raise _unreadable(function, str(parameter), "has no name of its own")
        hint = hints.get(name, _hint_of_default(parameter))
        seen.append(name)
        if _is_injected(hint) or _is_provided(hint, provided):
            injected[name] = hint
            continue
        reading = reading_of(hint)
        if reading is None:
            raise _unreadable(function, name, f"is of type {_name(hint)}")
        if parameter.kind is _Kind.VAR_POSITIONAL:
            spread, before = name, tuple(seen[:-1])
            parameters.append(_argument(name, reading, spread=True))
        elif _is_argument(parameter):
            parameters.append(_argument(name, reading))
        else:
            parameters.append(_option(parameter, reading, words.parameters.get(name)))
    return _Signature(tuple(parameters), injected, before, spread)


def _is_argument(parameter: inspect.Parameter) -> bool:
    has_default = parameter.default is not _NO_DEFAULT
    return not has_default and parameter.kind is not _Kind.KEYWORD_ONLY


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        call = function if inspect.isroutine(function) else type(function).__call__
        return typing.get_type_hints(call, include_extras=True)
    except NameError as error:
        raise CommandError(
            "SG-CLI-010",
            f"A type hint of {_name(function)}() cannot be read: {error}.",
            why="The hint decides how a parameter is read from the command line.",
            where=[_place(function)],
            fix=f"Import or define {error.name!r} in the module of the function.",
        ) from error


def _hint_of_default(parameter: inspect.Parameter) -> Any:
    default: object = parameter.default
    return str if default is _NO_DEFAULT or default is None else type(default)


def _is_injected(hint: Any) -> bool:
    return inspect.isclass(hint) and issubclass(hint, App | Settings)


def _is_provided(hint: Any, provided: Collection[Any]) -> bool:
    return inspect.isclass(hint) and hint in provided


def _inject(
    function: Callable[..., Any], wanted: Mapping[str, Any], app: App | None
) -> dict[str, Any]:
    if app is None:
        # A plugin's command: the app of this folder is found when it runs.
        from segue.cli.selection import app_of_commands  # noqa: PLC0415

        app = app_of_commands()
    values: dict[str, Any] = {}
    for name, hint in wanted.items():
        value = app if issubclass(hint, App) else app.settings
        if not isinstance(value, hint):
            raise CommandError(
                "SG-CLI-011",
                f"{_name(function)}() asks for `{name}: {_name(hint)}`, "
                f"but the app has none.",
                why="What a command asks for by type comes from the app.",
                where=[_place(function)],
                fix=f"Give it to the app: App({_name(hint)})",
            )
        values[name] = value
    return values


def _argument(name: str, reading: Reading, *, spread: bool = False) -> click.Argument:
    several = spread or reading.several
    return click.Argument(
        [name],
        type=reading.type,
        nargs=-1 if several else 1,
        required=not spread,
        callback=_collector(reading) if several else None,
    )


def _collector(reading: Reading, default: Any = ()) -> Callable[..., Any]:
    def collect(
        _context: click.Context, _parameter: click.Parameter, value: Any
    ) -> Any:
        return reading.collect(value, default)

    return collect


def _option(
    parameter: inspect.Parameter, reading: Reading, text: str | None
) -> click.Option:
    flag = parameter.name.strip("_").replace("_", "-")
    required = parameter.default is _NO_DEFAULT
    default = None if required else reading.shown(parameter.default)
    spelled = f"--{flag}/--no-{flag}" if reading.is_flag else f"--{flag}"
    return click.Option(
        [spelled, parameter.name],
        type=None if reading.is_flag else reading.type,
        default=default,
        required=required,
        multiple=reading.several,
        callback=_collector(reading, default) if reading.several else None,
        show_default=default not in {None, "", ()},
        help=reading.help or text,
    )


def _help(words: Docstring, signature: _Signature) -> str:
    arguments = [p for p in signature.parameters if isinstance(p, click.Argument)]
    told = [
        (p.make_metavar(click.Context(click.Command("x"))), words.parameters[p.name])
        for p in arguments
        if p.name in words.parameters
    ]
    if not told:
        return words.text
    width = max(len(name) for name, _ in told)
    lines = "\n".join(f"  {name:<{width}}  {text}" for name, text in told)
    return f"{words.text}\n\n\b\nArguments:\n{lines}"


def _unreadable(function: Callable[..., Any], name: str, why: str) -> CommandError:
    return CommandError(
        "SG-CLI-010",
        f"The parameter `{name}` of {_name(function)}() {why}.",
        why="A command line carries text; this cannot be read from it.",
        where=[_place(function)],
        fix="Use str, int, float, bool, Decimal, a date or time, UUID, Path, an Enum, "
        "a Literal, or a list of them.",
    )


def _name(thing: Any) -> str:
    return str(getattr(thing, "__qualname__", thing))


def _place(function: Callable[..., Any]) -> str:
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None:
        return _name(function)
    return f"{code.co_filename}:{code.co_firstlineno} {_name(function)}"
