"""Host patterns: `{tenant}.example.org`.

Labels are read as the segments of a path are, with `.` in the place of `/`. A
parameter stands for one label or a part of one. Hosts are compared without
case, port and final dot.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from segue.core.errors import RouteError
from segue.core.routing.converters import Converter
from segue.core.routing.registry import Converters
from segue.core.routing.segments import Kind, Parameter, Segment
from segue.core.routing.syntax import Reading, check_names, parse_parts

__all__ = ["HostPattern", "bare_host"]


def bare_host(host: str) -> str:
    """Take port, final dot and case off a host.

    Example:
        >>> bare_host("Shop.Example.org.:8000"), bare_host("[::1]:80")
        ('shop.example.org', '[::1]')
    """
    head, colon, tail = host.rpartition(":")
    if colon and not tail.endswith("]"):
        host = head
    return host.removesuffix(".").lower()


class HostPattern(msgspec.Struct, frozen=True):
    """A parsed host pattern.

    Attributes:
        text: As the developer wrote it.
        labels: What stands between the dots.
        parameters: All parameters, in order.
        names: Their names, in order.
        static: Whether there are none.
        shape: Equal for two patterns that match the same hosts.
        specificity: A sort key; labels count from the right, as they rank in DNS.
    """

    text: str
    labels: tuple[Segment, ...]
    parameters: tuple[Parameter, ...]
    names: tuple[str, ...]
    static: bool
    shape: tuple[tuple[str, ...], ...]
    specificity: tuple[tuple[Any, ...], ...]

    @classmethod
    def parse(
        cls,
        text: str,
        converters: Converters | None = None,
        hints: Mapping[str, Any] | None = None,
        *,
        where: Iterable[str] = (),
    ) -> "HostPattern":
        """Read a host pattern.

        Args:
            text: The pattern, without scheme and port.
            converters: The app's converters; the built-in ones by default.
            hints: Parameter name to type hint.
            where: The place of the route, for the error.

        Raises:
            RouteError: The pattern cannot be read, or could never match.
        """
        reading = Reading(text, converters or Converters(), hints or {}, tuple(where))
        if text.startswith("["):  # an IPv6 address has no labels
            labels: tuple[Segment, ...] = (Segment((text.lower(),)),)
        else:
            labels = tuple(map(_lowered, parse_parts(reading, text, ".")))
            for label in labels:
                _check_label(reading, label)
        check_names(reading, labels)
        parameters = tuple(each for label in labels for each in label.parameters)
        return cls(
            text,
            labels,
            parameters,
            tuple(each.name for each in parameters),
            not parameters,
            tuple(label.shape for label in labels),
            tuple(label.specificity for label in reversed(labels)),
        )

    @property
    def host(self) -> str:
        """The host of a static pattern."""
        return ".".join(label.literal for label in self.labels)

    def match(self, host: str) -> dict[str, Any] | None:
        """Match a host, with or without its port; None when it does not fit."""
        host = bare_host(host)
        texts = [host] if host.startswith("[") else host.split(".")
        if len(texts) != len(self.labels):
            return None
        values: list[Any] = []
        for label, text in zip(self.labels, texts, strict=True):
            found = _read(label, text)
            if found is None:
                return None
            values += found
        return dict(zip(self.names, values, strict=True))

    def build(self, values: Mapping[str, Any]) -> str:
        """Build the host from values.

        Raises:
            RouteError: A value is missing, or cannot stand in this host.
        """
        texts: dict[str, str] = {}
        for each in self.parameters:
            if each.name not in values:
                raise RouteError(
                    "SG-ROUTE-007",
                    f"The host {self} needs a value for {each.name!r}.",
                    why="Without it there is no URL to build.",
                    fix=f"Give {each.name}=...",
                )
            texts[each.label] = _written(each.converter, values[each.name])
        host = ".".join(
            "".join(p if isinstance(p, str) else texts[p.label] for p in label.parts)
            for label in self.labels
        )
        if self.match(host) is None or not _HOST.fullmatch(host):
            raise RouteError(
                "SG-ROUTE-008",
                f"The values {texts!r} cannot stand in the host {self}.",
                why="The URL would lead elsewhere or nowhere.",
                fix="Give values of letters, digits and hyphens that fit the pattern.",
            )
        return host

    def __repr__(self) -> str:
        return f"<HostPattern {self.text}>"

    def __str__(self) -> str:
        return self.text


_LABEL_TEXT = re.compile(r"[a-z0-9_-]*")
_HOST = re.compile(r"\[[0-9a-f:.]+\]|[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")


def _lowered(label: Segment) -> Segment:
    parts = (p.lower() if isinstance(p, str) else p for p in label.parts)
    return Segment(tuple(parts))


def _read(label: Segment, text: str) -> tuple[Any, ...] | None:
    if label.kind is Kind.LITERAL:
        return () if label.literal == text else None
    pieces = label.split(text) if text else None
    if pieces is None:
        return None
    try:
        pairs = zip(label.parameters, pieces, strict=True)
        return tuple([each.converter.read(piece) for each, piece in pairs])
    except ValueError:
        return None


def _written(converter: Converter, value: Any) -> str:
    try:
        return converter.write(value).lower()
    except (ValueError, TypeError, ArithmeticError):
        return ""


def _check_label(reading: Reading, label: Segment) -> None:
    """Refuse labels that no host has."""
    if not label.parts or _LABEL_TEXT.fullmatch(label.literal) is None:
        reading.fail(
            f"has {str(label)!r} where a host has a label.",
            why="A host is letters, digits and hyphens between dots.",
            fix="Leave out scheme, port, path and '*'; write {name} for any label, "
            "and names of other scripts as 'xn--...'.",
        )
    if label.kind is Kind.SPAN:
        reading.fail(
            f"has {label}, which takes several labels.",
            why="A parameter of a host stands for one label.",
            fix="Write one parameter for each label.",
        )
