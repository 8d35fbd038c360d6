"""Settings as they were declared, and as they were loaded, with every origin."""

import os
from collections.abc import Iterator, Mapping
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from msgspec import Struct

from segue.core.config.kinds import is_items, is_table
from segue.core.config.secret import Secret, is_secret
from segue.core.errors import Problem
from segue.core.types import UNSET

__all__ = ["Declared", "Kind", "Loaded", "Origin", "Sources", "value_at"]

S = TypeVar("S")

Kind: TypeAlias = Literal[
    "default", "toml", "dotenv", "environment", "secrets", "override", "generated"
]


class Origin(Struct, frozen=True):
    """Where a value came from.

    Attributes:
        kind: The kind of source.
        place: The place in it: `.env:3`, `segue.toml [app] page_size`,
            `PAGE_SIZE`, `/run/secrets/page_size`, `shop/config.py:8 Config`.
    """

    kind: Kind
    place: str

    def __str__(self) -> str:
        return f"{self.kind} {self.place}" if self.kind == "environment" else self.place


class Declared(Struct, frozen=True):
    """What a settings class says of itself besides its fields.

    Attributes:
        prefix: Stands before the variables of its fields.
        table: Its table in `segue.toml`.
        place: Where the class stands: `shop/config.py:8 Config`.
    """

    prefix: str
    table: str
    place: str


class Sources(Struct, frozen=True):
    """Where to look, and how.

    Attributes:
        folder: The folder of `segue.toml`, `.env` and the key of development.
        environ: The environment.
        overrides: Values by key, over everything.
        development: Whether a missing secret key is made and kept.
    """

    folder: os.PathLike[str] | str
    environ: Mapping[str, str]
    overrides: Mapping[str, Any]
    development: bool = False


class Loaded(Struct, Generic[S], frozen=True):
    """Settings and how they came about.

    Attributes:
        value: The settings.
        origins: Where each value came from, by name (`database.url`).
        hints: Sentences about names in `.env` that look misspelled.
    """

    value: S
    origins: Mapping[str, Origin]
    hints: tuple[str, ...] = ()

    def secrets(self) -> tuple[Secret[Any], ...]:
        """Return every secret of the settings, for a log that masks their values."""
        values = (value_at(self.value, name) for name in self.origins)
        return tuple(secret for value in values for secret in _secrets_in(value))

    def secret_key_problem(self) -> Problem | None:
        """Say why these settings must not be served; None also without the field."""
        key: Any = getattr(self.value, "secret_key", UNSET)
        if key is not None and not is_secret(key):
            return None
        record: Any = type(self.value)
        declared: Declared = record.__declared__
        origin = self.origins["secret_key"]
        # Imported here: only a server asks.
        from segue.core.config.secret_key import (  # noqa: PLC0415
            problem_for_production,
        )

        return problem_for_production(
            key,
            in_code=origin.kind == "default",
            variable=f"{declared.prefix}SECRET_KEY",
            place=str(origin),
        )


def value_at(settings: Any, name: str) -> Any:
    """Get a setting by its name, `database.url` too."""
    for key in name.split("."):
        settings = getattr(settings, key)
    return settings


def _secrets_in(value: Any) -> Iterator[Secret[Any]]:
    """Find the secrets that a value is or holds."""
    if is_secret(value):
        yield value
    elif is_table(value):
        yield from _secrets_in([*value.values()])
    elif is_items(value):
        for item in value:
            yield from _secrets_in(item)
