"""Other settings, values, state or time for an app, while a test runs.

An override counts for the whole app, in every thread and on every loop, until its
block ends. Overrides nest; the inner one counts.
"""

import threading
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import msgspec

from segue.core.config.secret import Secret
from segue.core.errors import did_you_mean
from segue.testing.errors import ClientError

__all__ = ["FrozenClock", "override"]


class FrozenClock:
    """A clock that stands still until a test moves it.

    Example:
        >>> clock = FrozenClock(datetime(2030, 1, 1, tzinfo=UTC))
        >>> clock.move(hours=2)
        >>> clock()
        datetime.datetime(2030, 1, 1, 2, 0, tzinfo=datetime.timezone.utc)
    """

    def __init__(self, moment: datetime) -> None:
        if moment.tzinfo is None:
            raise ClientError(
                "SG-TEST-013",
                f"The time {moment!s} has no time zone.",
                why="The app's clock is in UTC; this could be any hour of the day.",
                fix="Write datetime(..., tzinfo=UTC).",
            )
        self._moment = moment.astimezone(UTC)
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        """Tell the time."""
        return self._moment

    def move(self, **duration: float) -> None:
        """Move the time by `days=`, `hours=`, `minutes=`, `seconds=`, back as well."""
        with self._lock:
            self._moment += timedelta(**duration)


@contextmanager
def override(
    app: Any,
    values: Mapping[Any, Any] | None = None,
    *,
    settings: Mapping[str, Any] | None = None,
    state: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> Generator[FrozenClock | None]:
    """Give an app other values for the time of a block.

    Args:
        app: The Segue app; it is frozen by this.
        values: What a handler gets for a type instead of the app's own value, or of
            what a provider would make; for `Depends` the key is the function.
        settings: Fields of the settings, by name, checked like the loaded ones.
        state: Attributes of `app.state`.
        now: The time that `app.clock()` tells; it stands still.

    Yields:
        The clock, if `now` was given; `clock.move(hours=1)` moves the time.

    Raises:
        ClientError: The app has no such value, setting or clock.
    """
    clock = None if now is None else FrozenClock(now)
    known = cast("dict[Any, Any]", app.kernel.values)
    made = app.kernel.provided
    replaced: dict[Any, Any] = dict(values or {})
    if settings:
        replaced[type(app.settings)] = _changed(app.settings, settings)
    with ExitStack() as undo:
        for key, value in replaced.items():
            if key in known:
                undo.callback(known.__setitem__, key, known[key])
            elif key in made or not isinstance(key, type):
                undo.callback(known.pop, key, None)
            else:
                names = [other.__name__ for other in (*known, *made)]
                raise _unknown("value or provider", key.__name__, names)
            known[key] = value
        for name, value in (state or {}).items():
            undo.enter_context(_attribute(app.state, name, value))
        if clock is not None:
            if not hasattr(app, "clock"):
                raise _unknown("clock", "clock", dir(app))
            undo.enter_context(_attribute(app, "clock", clock))
        yield clock


def _changed(settings: Any, changes: Mapping[str, Any]) -> Any:
    """Build settings that differ in some fields, each checked against its type."""
    names = getattr(settings, "__struct_fields__", ())
    fields = {name: getattr(settings, name) for name in names}
    for name, value in changes.items():
        if name not in fields:
            raise _unknown("setting", name, fields)
        hidden = isinstance(fields[name], Secret) and not isinstance(value, Secret)
        fields[name] = Secret[Any](value) if hidden else value
    kind = cast("type[msgspec.Struct]", type(settings))
    fresh = kind(**fields)
    for field in msgspec.structs.fields(kind):
        value = getattr(fresh, field.name)
        if field.name in changes and not isinstance(value, Secret):
            _check(field, value)
    return fresh


def _check(field: msgspec.structs.FieldInfo, value: Any) -> None:
    try:
        msgspec.convert(value, field.type, from_attributes=True)
    except msgspec.ValidationError as error:
        raise ClientError(
            "SG-TEST-013",
            f"The setting {field.name!r} cannot be {value!r}.",
            why=f"{error}; the app would never see such a value.",
            fix="Give a value of the type that the settings class declares.",
        ) from error


@contextmanager
def _attribute(owner: Any, name: str, value: Any) -> Generator[None]:
    """Set an attribute for the time of a block."""
    had = name in vars(owner)
    before: Any = getattr(owner, name, None)
    setattr(owner, name, value)
    try:
        yield
    finally:
        if had:
            setattr(owner, name, before)
        else:
            delattr(owner, name)


def _unknown(kind: str, name: str, known: Any) -> ClientError:
    return ClientError(
        "SG-TEST-013",
        f"The app has no {kind} {name!r}.{did_you_mean(name, known)}",
        why="The override would change nothing, and the test would prove nothing.",
        fix="Override what the app declares.",
    )
