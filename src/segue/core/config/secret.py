"""A value that must not be seen: masked wherever it could be printed."""

from typing import Any, Generic, NoReturn, TypeGuard, TypeVar

from segue.core.config.masking import MASK
from segue.core.errors import SettingsError

__all__ = ["Secret", "is_secret"]

T = TypeVar("T")


class Secret(Generic[T]):
    """Hold a value that only `reveal()` gives away.

    It is masked in `repr`, `str` and every format, so it stays out of logs,
    tracebacks and error pages. It has no JSON form and refuses to be pickled,
    so it never leaves the process by accident. It is as true as its value.

    Example:
        >>> key = Secret("correct horse")
        >>> key, str(key), f"{key:>5}"
        (Secret('***'), '***', '  ***')
        >>> key.reveal()
        'correct horse'
        >>> key == Secret("correct horse")
        True
    """

    __slots__ = ("_hidden",)
    _hidden: T

    def __init__(self, value: T) -> None:
        object.__setattr__(self, "_hidden", value)

    def reveal(self) -> T:
        """Return the value itself; hand it on, do not print it."""
        return self._hidden

    def __repr__(self) -> str:
        return f"Secret({MASK!r})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, format_spec: str) -> str:
        return format(MASK, format_spec)

    def __bool__(self) -> bool:
        return bool(self._hidden)

    def __eq__(self, other: object) -> bool:
        """Compare text, bytes and numbers in a time that tells nothing of them."""
        if not is_secret(other):
            return NotImplemented
        mine: Any = self._hidden
        theirs = other._hidden
        if type(mine) is not type(theirs):
            return False
        if not isinstance(mine, str | bytes | int):
            return bool(mine == theirs)
        # OpenSSL comes with hmac: 5 ms that most processes never need.
        import hmac  # noqa: PLC0415 - see the line above

        return hmac.compare_digest(_octets(mine), _octets(theirs))

    def __hash__(self) -> int:
        # Hashes of text and bytes are salted by the process; those of other
        # values are the values, so these secrets share one place instead.
        hidden = self._hidden
        return hash((Secret, hidden if isinstance(hidden, str | bytes) else None))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"A Secret cannot be changed: {name!r} is not set.")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"A Secret cannot be changed: {name!r} stays.")

    def __copy__(self) -> "Secret[T]":
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> "Secret[T]":
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise SettingsError(
            "SG-CONF-008",
            "A Secret was to be pickled.",
            why="A pickle is a file or a message that anybody may read.",
            fix="Send the name of the setting and read it from the settings there; "
            "or pickle .reveal() if the place is safe.",
        )


def is_secret(value: object) -> TypeGuard[Secret[Any]]:
    """Tell whether a value is a Secret, whatever it holds."""
    return isinstance(value, Secret)


def _octets(value: str | bytes | int) -> bytes:
    """Build what is compared: equal bytes for equal values of one type."""
    if isinstance(value, bytes):
        return value
    return str(value).encode("utf-8", "surrogatepass")
