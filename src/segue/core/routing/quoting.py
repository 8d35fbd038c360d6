"""Text to the percent-encoded form in which it may stand in a URL."""

from typing import Final

__all__ = ["quote_query", "quote_text"]

_UNRESERVED: Final = (
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
)
_IN_PATH: Final = frozenset((_UNRESERVED + "/!$&'()*+,;=:@").encode())
_IN_QUERY: Final = frozenset((_UNRESERVED + "/!$'()*,;:@").encode())


def quote_text(text: str) -> str:
    """Quote decoded text of a path; `/` stays.

    Source: RFC 3986, section 3.3.

    Raises:
        ValueError: The text has a lone surrogate, which UTF-8 cannot hold.

    Example:
        >>> quote_text("a b/ü")
        'a%20b/%C3%BC'
    """
    return _quote(text, _IN_PATH)


def quote_query(text: str) -> str:
    """Quote a name or a value of a query.

    Raises:
        ValueError: The text has a lone surrogate.

    Example:
        >>> quote_query("a&b=c d")
        'a%26b%3Dc%20d'
    """
    return _quote(text, _IN_QUERY)


def _quote(text: str, safe: frozenset[int]) -> str:
    return "".join(
        chr(byte) if byte in safe else f"%{byte:02X}" for byte in text.encode()
    )
