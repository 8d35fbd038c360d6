"""Errors: what a developer did wrong, and what an HTTP answer says instead.

SegueError                 a mistake in the app; carries a Problem
├── RouteError             a pattern, a name or two routes in conflict
├── PlanError              a handler whose signature cannot be served
├── WalkError              middleware, hooks or an answer broke its contract
├── SettingsError          settings that are missing or malformed
├── CommandError           a command that cannot run as it was typed
├── MissingExtraError      a library that an extra brings is not installed
└── ConfigurationError     several of the above, found together at start

ClientDisconnected         the other side went away; nobody is left to answer

HTTPError                  an answer that is not the normal one
├── BadRequest 400 ... TooManyRequests 429
└── InternalServerError 500 ... ServiceUnavailable 503
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

__all__ = [
    "BadRequest",
    "ClientDisconnected",
    "CommandError",
    "ConfigurationError",
    "Conflict",
    "ContentTooLarge",
    "Forbidden",
    "Gone",
    "HTTPError",
    "InternalServerError",
    "LengthRequired",
    "MethodNotAllowed",
    "MissingExtraError",
    "NotAcceptable",
    "NotFound",
    "NotImplementedHere",
    "PlanError",
    "PreconditionFailed",
    "Problem",
    "RangeNotSatisfiable",
    "RequestTimeout",
    "RouteError",
    "SegueError",
    "ServiceUnavailable",
    "SettingsError",
    "TooManyRequests",
    "Unauthorized",
    "UnprocessableContent",
    "UnsupportedMediaType",
    "WalkError",
    "did_you_mean",
    "nearest",
]


class Problem(msgspec.Struct, frozen=True):
    """One mistake of a developer, told so that it can be mended at once.

    Attributes:
        code: `SG-AREA-NNN`, never reused; `docs/errors/` has a page for it.
        what: One sentence with the developer's own names and values.
        why: The consequence of leaving it as it is.
        fix: An order that can be followed at once.
        where: `file:line name` of every party.
    """

    code: str
    what: str
    why: str
    fix: str
    where: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [f"{self.code}  {self.what}", f"  why    {self.why}"]
        lines += [f"  where  {place}" for place in self.where]
        lines += [f"  fix    {self.fix}", f"  more   segue help {self.code}"]
        return "\n".join(lines)


class SegueError(Exception):
    """Root of every error about the app itself.

    `why` and `fix` are required, so that a bare message cannot be raised.

    Example:
        >>> str(SegueError("SG-APP-000", "x.", why="y.", fix="z.")).splitlines()[0]
        'SG-APP-000  x.'
    """

    def __init__(
        self, code: str, what: str, *, why: str, fix: str, where: Iterable[str] = ()
    ) -> None:
        self.problem = Problem(code, what, why, fix, tuple(where))
        super().__init__(str(self.problem))


class RouteError(SegueError):
    """A pattern, a route name or a pair of routes that cannot work."""


class PlanError(SegueError):
    """A handler whose signature cannot be served."""


class WalkError(SegueError):
    """A middleware, a hook or an answer that broke its contract."""


class SettingsError(SegueError):
    """A setting that is missing or malformed."""


class CommandError(SegueError):
    """A command that cannot run as it was typed."""


class MissingExtraError(SegueError):
    """A library is wanted that one of Segue's extras installs.

    Args:
        library: The import name that is missing.
        extra: The extra of Segue that brings it.
        purpose: What it was wanted for, as the subject of a sentence.
    """

    def __init__(self, library: str, *, extra: str, purpose: str) -> None:
        super().__init__(
            "SG-APP-010",
            f"{purpose} needs {library!r}, which is not installed.",
            why="It is an extra, so that small apps stay small.",
            fix=f'pip install "segue[{extra}]"',
        )


class ConfigurationError(SegueError):
    """Every mistake found when the app was closed for changes, together.

    Attributes:
        problems: One `Problem` per mistake, in the order of their finding.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        self.problem = self.problems[0]
        count = len(self.problems)
        head = (
            "" if count == 1 else f"{count} mistakes keep this app from starting.\n\n"
        )
        Exception.__init__(self, head + "\n\n".join(map(str, self.problems)))


class ClientDisconnected(Exception):
    """The client went away before its request was read or its answer sent."""


# RFC 9110 gave these new names; Python has them from 3.13 on.
_RENAMED = {
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    422: "Unprocessable Content",
}


class HTTPError(Exception):
    """An answer that is not the normal one; raise it anywhere in a request.

    Source: RFC 9110 for the statuses, RFC 9457 for the document.

    Args:
        detail: What went wrong this time, for the one who asked. Never put
            secrets or stack traces here: it leaves the house.
        status: Only for statuses without a class of their own.
        headers: Headers of the answer, `Retry-After` for example.
        type: A URI that names the kind of problem.
        extra: Further members of the problem document.
    """

    status: int = 500

    def __init__(
        self,
        detail: str | None = None,
        *,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        type: str = "about:blank",  # noqa: A002 - the member's name in RFC 9457
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        if status is not None:
            self.status = status
        self.detail = detail
        self.headers = dict(headers or {})
        self.type = type
        self.extra = dict(extra or {})
        super().__init__(f"{self.status} {detail or self.title}")

    @property
    def title(self) -> str:
        """The standard phrase of the status, `Not Found` for example."""
        if self.status in _RENAMED:
            return _RENAMED[self.status]
        # Imported here: to declare an app needs no phrases.
        from http import HTTPStatus  # noqa: PLC0415

        try:
            return HTTPStatus(self.status).phrase
        except ValueError:
            return f"Status {self.status}"

    def document(self) -> dict[str, Any]:
        """Build the members of the problem document."""
        members: dict[str, Any] = {
            "type": self.type,
            "title": self.title,
            "status": self.status,
        }
        if self.detail is not None:
            members["detail"] = self.detail
        return {**self.extra, **members}


class BadRequest(HTTPError):
    """400: the request is malformed."""

    status = 400


class Unauthorized(HTTPError):
    """401: nobody is logged in."""

    status = 401


class Forbidden(HTTPError):
    """403: whoever asks may not."""

    status = 403


class NotFound(HTTPError):
    """404: there is nothing here."""

    status = 404


class MethodNotAllowed(HTTPError):
    """405: the path exists, not for this method. Carries `Allow`."""

    status = 405


class NotAcceptable(HTTPError):
    """406: none of the media types asked for can be made."""

    status = 406


class RequestTimeout(HTTPError):
    """408: the client took too long to send its request."""

    status = 408


class Conflict(HTTPError):
    """409: the request does not fit the present state."""

    status = 409


class Gone(HTTPError):
    """410: it was here and will not come back."""

    status = 410


class LengthRequired(HTTPError):
    """411: a body without a length that this server can check."""

    status = 411


class PreconditionFailed(HTTPError):
    """412: an `If-Match` or `If-Unmodified-Since` does not hold."""

    status = 412


class ContentTooLarge(HTTPError):
    """413: the body, or a part of it, is over a limit."""

    status = 413


class UnsupportedMediaType(HTTPError):
    """415: the body's media type is none that is read here."""

    status = 415


class RangeNotSatisfiable(HTTPError):
    """416: the bytes asked for lie outside the file."""

    status = 416


class UnprocessableContent(HTTPError):
    """422: well-formed input whose values do not fit."""

    status = 422


class TooManyRequests(HTTPError):
    """429: a rate limit was reached."""

    status = 429


class InternalServerError(HTTPError):
    """500: the handler failed."""

    status = 500


class NotImplementedHere(HTTPError):
    """501: a method this server does not know."""

    status = 501


class ServiceUnavailable(HTTPError):
    """503: overloaded or stopping. Carries `Retry-After`."""

    status = 503


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Build the half sentence that names the nearest known name, or nothing.

    Example:
        >>> did_you_mean("hme", ["home", "about"])
        " Did you mean 'home'?"
        >>> did_you_mean("xyz", ["home"])
        ''
    """
    near = nearest(name, known)
    return f" Did you mean {near!r}?" if near else ""


def nearest(name: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Find the known name that a misspelt one probably means.

    Args:
        name: As it was written.
        known: The names there are.
        cutoff: How alike the two must be, from 0 to 1.

    Example:
        >>> nearest("hme", ["home", "about"])
        'home'
    """
    # Imported here: only a mistake needs it.
    import difflib  # noqa: PLC0415

    return next(iter(difflib.get_close_matches(name, list(known), 1, cutoff)), None)
