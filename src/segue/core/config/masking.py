"""What must not be seen in a log, an error or a table: found by name and form."""

import re
from typing import Any

from msgspec import Struct, structs

from segue.core.config.kinds import is_items, is_table

__all__ = ["MASK", "looks_secret", "mask", "mask_urls", "shown"]

MASK = "***"

_ENDINGS = tuple(
    ending
    for word in (
        *("authorization", "cookie", "credential", "passphrase", "passwd"),
        *("password", "secret", "token"),
    )
    for ending in (word, f"{word}s")
)
_KEYS = tuple(
    f"{word}key"
    for word in ("access", "api", "encryption", "private", "secret", "signing")
)
_USERINFO = re.compile(r"(://[^\s/?#:@]*):[^\s/?#]*@")
_LONGEST = 80


def looks_secret(name: str) -> bool:
    """Tell whether a name is one that people give to secrets.

    Example:
        >>> [looks_secret(name) for name in ("db_password", "X-Api-Key", "page_size")]
        [True, True, False]
    """
    words = name.lower().replace("-", "_").replace(".", "_").split("_")
    if any(word.endswith(_ENDINGS) for word in words):
        return True
    return "".join(words).endswith(_KEYS)


def mask_urls(text: str) -> str:
    """Mask the passwords of URLs inside a text.

    Example:
        >>> mask_urls("postgresql://shop:rosebud@db/shop")
        'postgresql://shop:***@db/shop'
    """
    return _USERINFO.sub(rf"\1:{MASK}@", text) if "://" in text else text


def mask(name: str, value: Any) -> Any:
    """Build the value as it may be shown, going into tables and lists.

    Numbers and flags stay even under a secret's name (`token_minutes`).
    """
    if isinstance(value, str | bytes):
        if looks_secret(name):
            return MASK
        return mask_urls(value) if isinstance(value, str) else value
    if is_table(value):
        return {key: mask(str(key), inner) for key, inner in value.items()}
    if isinstance(value, Struct):
        return mask(name, structs.asdict(value))
    if is_items(value):
        masked = [mask(name, member) for member in value]
        return masked if isinstance(value, list) else tuple(masked)
    return value


def shown(name: str, value: Any) -> str:
    """Build the short, masked text of a value for an error or a table."""
    text = repr(mask(name, value))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
