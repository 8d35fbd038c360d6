"""Which protocol the app is served by, and because of which line.

A sync handler is cheapest over WSGI; under ASGI it pays for a hop to a thread.
So an app whose handlers are all plain functions is served as WSGI, and the
first `async def`, stream of an async generator or WebSocket makes it ASGI. RSGI
is never chosen, because its streams have no back-pressure on Granian.
"""

from dataclasses import dataclass
from typing import Final, NoReturn

from segue.cli.inspection import Inspection, Interface
from segue.core.errors import CommandError

__all__ = ["Choice", "choose"]

_SPELLED: Final = {"wsgi": "WSGI", "asgi": "ASGI", "rsgi": "RSGI"}


@dataclass(frozen=True, slots=True)
class Choice:
    """A protocol and the reason for it.

    Attributes:
        interface: The protocol.
        reason: Why, as the end of a sentence.
    """

    interface: Interface
    reason: str

    def __str__(self) -> str:
        return f"{_SPELLED[self.interface]}, because {self.reason}"


def choose(found: Inspection, asked: Interface | None) -> Choice:
    """Choose the protocol, or check the one that was asked for.

    Raises:
        CommandError: If the app cannot be served by what was asked for.
    """
    if asked is None:
        return _choose(found)
    if not found.is_segue:
        _refuse_what_it_is_not(found, asked)
    elif asked == "rsgi" and found.streams:
        _refuse_streams()
    elif asked == "wsgi" and found.websockets is not None:
        _refuse_websockets(found.websockets)
    return Choice(asked, "it was asked for")


def _choose(found: Inspection) -> Choice:
    if found.needs_asgi is not None:
        return Choice("asgi", found.needs_asgi)
    if not found.is_segue:
        return Choice("wsgi", "it is a WSGI application")
    return Choice("wsgi", "every handler is a plain function")


def _refuse_what_it_is_not(found: Inspection, asked: Interface) -> None:
    speaks = "wsgi" if found.needs_asgi is None else "asgi"
    if asked != speaks:
        raise CommandError(
            "SG-RUN-003",
            f"The app is a {_SPELLED[speaks]} application, "
            f"so it cannot be served as {_SPELLED[asked]}.",
            why="It would be called with the wrong arguments.",
            fix=f"Leave out --interface {asked}",
        )


def _refuse_streams() -> NoReturn:
    raise CommandError(
        "SG-RUN-002",
        "An app that streams is not served as RSGI.",
        why="RSGI gives no back-pressure: a client that stops reading would make "
        "the worker keep the whole stream in memory.",
        fix="Leave out --interface rsgi; ASGI has back-pressure.",
    )


def _refuse_websockets(place: str) -> NoReturn:
    raise CommandError(
        "SG-RUN-007",
        "An app with WebSockets is not served as WSGI.",
        why="WSGI knows requests and answers only.",
        where=[place],
        fix="Leave out --interface wsgi",
    )
