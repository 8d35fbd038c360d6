"""`--header "Name: value"` as an option of a command."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

__all__ = ["header_option"]

_C = TypeVar("_C", bound=Callable[..., Any])


class _Header(click.ParamType[tuple[str, str]]):
    name = "name: value"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        name, colon, text = value.partition(":")
        if not colon or not name.strip():
            self.fail(f"{value!r} is not NAME:VALUE", param, ctx)
        return name.strip().lower(), text.strip()


def header_option(function: _C) -> _C:
    """Add `--header` to a command; it may be given several times."""
    return click.option(
        "--header",
        "-H",
        "headers",
        multiple=True,
        type=_Header(),
        help="A header as NAME:VALUE; may be repeated.",
    )(function)
