"""Who may do what with one thing: ordered entries on the thing itself.

    class Article:
        def __acl__(self) -> Entries:
            return [
                Allow(EVERYONE, "view"),
                Allow(f"user:{self.owner}", "view", "edit"),
            ]

    @app.provide
    def article(id: int, shelf: Shelf) -> Article: ...      # loads it, by the path

    @app.provide
    def principals(user: User | None) -> Principals: ...    # who asks

    @app.get("/articles/{id}", allow=permission("edit", Article))
    def edit(article: Article): ...

The first entry that is about one of the asker's principals and about the permission
decides; where none does, the answer is no.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast

import msgspec

from segue.core.errors import WalkError

__all__ = [
    "ANYTHING",
    "AUTHENTICATED",
    "EVERYONE",
    "Allow",
    "Decision",
    "Deny",
    "Entries",
    "Principals",
    "decide",
    "permission",
]

EVERYONE: Final = "everyone"
"""The principal that whoever asks has."""

AUTHENTICATED: Final = "authenticated"
"""The principal that providers of `Principals` give to who is logged in."""

ANYTHING: Final = "*"
"""Every permission."""


class Principals(msgspec.Struct, frozen=True):
    """Who asks: names such as `user:7`, `group:staff`.

    A provider of it decides what names there are; `everyone` need not be among them.
    """

    names: frozenset[str] = frozenset()

    @classmethod
    def of(cls, *names: str) -> "Principals":
        """Make the principals of some names."""
        return cls(frozenset(names))


@dataclass(frozen=True, init=False)
class _Entry:
    principal: str
    permissions: frozenset[str]

    def __init__(self, principal: str, *permissions: str) -> None:
        object.__setattr__(self, "principal", principal)
        object.__setattr__(self, "permissions", frozenset(permissions))

    def __str__(self) -> str:
        names = ", ".join(sorted(self.permissions))
        return f"{type(self).__name__}({self.principal}: {names})"


class Allow(_Entry):
    """Let a principal do something: `Allow("group:staff", "view", "edit")`."""


class Deny(_Entry):
    """Keep a principal from doing something, whatever stands below."""


Entries: TypeAlias = Sequence[Allow | Deny]


class Decision(msgspec.Struct, frozen=True):
    """Whether something is allowed, and why.

    Attributes:
        entry: The entry that decided; None when none did.
        position: Its place in the list, from 0.
    """

    allowed: bool
    permission: str
    entry: Allow | Deny | None = None
    position: int | None = None

    def __bool__(self) -> bool:
        return self.allowed

    def __str__(self) -> str:
        word = "allowed" if self.allowed else "denied"
        if self.entry is None:
            return f"{self.permission} is {word}: no entry is about it"
        return f"{self.permission} is {word} by entry {self.position}, {self.entry}"


def decide(
    entries: Iterable[Allow | Deny], principals: Principals, permission: str
) -> Decision:
    """Find the first entry that is about who asks and what is asked.

    Example:
        >>> str(decide([Allow("group:staff", "edit")], Principals.of("user:7"), "edit"))
        'edit is denied: no entry is about it'
    """
    names = {EVERYONE, *principals.names}
    for position, entry in enumerate(entries):
        about = permission in entry.permissions or ANYTHING in entry.permissions
        if about and entry.principal in names:
            allowed = isinstance(entry, Allow)
            return Decision(allowed, permission, entry, position)
    return Decision(allowed=False, permission=permission)


def permission(name: str, resource: type) -> Callable[..., bool]:
    """Build a guard that asks the entries of a resource.

    Args:
        name: The permission that is needed.
        resource: The type of the thing; a provider loads it, by the path for example.
            It has its entries in `__acl__`, a sequence or a method.
    """

    def guard(resource: Any, principals: Principals) -> bool:
        return decide(entries_of(resource), principals, name).allowed

    guard.__name__ = f"may_{name}".replace("-", "_")
    guard.__annotations__ = {
        "resource": resource,
        "principals": Principals,
        "return": bool,
    }
    return guard


def entries_of(resource: Any) -> Entries:
    """Read the entries of a resource.

    Raises:
        WalkError: It has none, which must not let anybody in.
    """
    found = getattr(resource, "__acl__", None)
    if found is None:
        raise WalkError(
            "SG-WALK-062",
            f"{type(resource).__name__} has no `__acl__`.",
            why="Nobody can tell who may do something with it.",
            fix="Give it a method `def __acl__(self) -> Entries: ...`; an empty list "
            "lets nobody in.",
        )
    return cast("Entries", found() if callable(found) else found)
