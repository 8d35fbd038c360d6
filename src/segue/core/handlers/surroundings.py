"""Surroundings: what a function may ask for where it is used."""

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from segue.core.di.provider import Provider, Scope
from segue.core.handlers.usage import Usage

__all__ = ["Surroundings"]


class Surroundings(msgspec.Struct, frozen=True):
    """What a function may ask for where it is used.

    Attributes:
        path: The names in the pattern, in order.
        fields: For `{book.slug}` the field `slug`, by the name `book`.
        methods: The methods of the route; empty where there is no route.
        carried: Types of the moment, `Response` for an after hook, for example.
        app: Types whose one value the app holds: the app, its settings.
        request: Whether there is a request at all.
        input: Whether arguments may come from query and body.
        providers: Who makes a value, by its key.
        owner: The class whose method it is; its first parameter is the app's one
            object of it.
        lives: How long the function lives: what lives shorter it cannot have.
        usage: What it is used for, told to providers that ask.
    """

    path: tuple[str, ...] = ()
    fields: Mapping[str, str | None] = msgspec.field(
        default_factory=dict[str, str | None]
    )
    methods: frozenset[str] = frozenset()
    carried: tuple[type, ...] = ()
    app: Collection[type] = msgspec.field(default=())
    request: bool = True
    input: bool = True
    providers: Mapping[Any, Provider] = msgspec.field(
        default_factory=dict[Any, Provider]
    )
    owner: type | None = None
    lives: Scope = "request"
    usage: Usage = msgspec.field(default_factory=Usage)
