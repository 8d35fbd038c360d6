"""Comments in the form of JSDoc, from the words of a document."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from segue.clients.names import literal

__all__ = ["comment", "notes", "plain"]

_ENDS: Final = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_UNSEEN: Final = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
"""Signs that are not seen: those that turn the direction of a text hide code."""


def plain(text: str) -> str:
    r"""Write text so that it can neither end a comment nor hide in one.

    Example:
        >>> plain("a */ b")
        'a *\\/ b'
    """
    seen = (
        " " if unicodedata.category(sign) in _UNSEEN else sign
        for sign in text.replace("\t", " ")
    )
    return "".join(seen).replace("*/", "*\\/").rstrip()


def comment(lines: Iterable[str], indent: str = "") -> str:
    r"""Write a comment before a declaration; nothing where there is nothing to say.

    Example:
        >>> comment(["An order."])
        '/** An order. */\n'
    """
    every = [plain(line) for text in lines for line in _ENDS.split(text)]
    while every and not every[-1]:
        every.pop()
    if not every:
        return ""
    if len(every) == 1:
        return f"{indent}/** {every[0]} */\n"
    body = "".join(f"{indent} * {line}".rstrip() + "\n" for line in every)
    return f"{indent}/**\n{body}{indent} */\n"


def notes(schema: Mapping[str, Any]) -> Iterator[str]:
    """List what a schema says that its type does not."""
    if isinstance(description := schema.get("description"), str):
        yield description.strip()
    if isinstance(form := schema.get("format"), str):
        yield f"@format {form}"
    elif schema.get("contentEncoding") == "base64":
        yield "@format base64"
    if "default" in schema and (default := _short(schema["default"])):
        yield f"@default {default}"
    if schema.get("deprecated") is True:
        yield "@deprecated"


def _short(value: Any) -> str:
    try:
        written = literal(value)
    except (TypeError, ValueError):
        return ""
    return written if len(written) <= 60 else ""  # noqa: PLR2004 - one line
