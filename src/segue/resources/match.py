"""Match: which state of an item a client has seen, from `If-Match` and its kin.

    @orders.replace("update")
    def change(number: int, change: Patch[Order], match: Match, store: OrderStore): ...
        match.check(orders.etag(order))

A tag names a version of the item, not the bytes of an answer: compression makes a tag
weak on its way out, so a weak one that comes back counts like the strong one it was.

Source: RFC 9110, sections 13.1.1 and 13.1.2; RFC 6585, section 3 for 428.
"""

from collections.abc import Callable
from typing import Annotated, Any

import msgspec

from segue.core.errors import HTTPError, PreconditionFailed
from segue.core.handlers.sources import FromHeader
from segue.core.http.conditional import ETag, evaluate
from segue.core.http.headers import Headers
from segue.core.http.request import Request

__all__ = ["Match", "PreconditionRequired"]


class PreconditionRequired(HTTPError):
    """428: a change must say which state it is of."""

    status = 428


class Match(msgspec.Struct, frozen=True):
    """What a client says it has seen.

    Attributes:
        if_match: `If-Match` as it came: the state that may be changed.
        if_none_match: `If-None-Match` as it came; `*` creates, and never replaces.
    """

    if_match: str | None = None
    if_none_match: str | None = None

    @classmethod
    def __provide__(cls, hint: Any) -> Callable[..., "Match"]:
        return _read_match

    def check(self, etag: str | None) -> None:
        """Let a change go on only from the state that the client has seen.

        Args:
            etag: The tag of the present state; None where there is no item.

        Raises:
            PreconditionFailed: The client has seen another state.
        """
        lines = [("if-match", self.if_match), ("if-none-match", self.if_none_match)]
        headers = Headers((n, v.replace('W/"', '"')) for n, v in lines if v is not None)
        tag = None if etag is None else ETag(etag)
        if evaluate("PUT", headers, tag, exists=etag is not None) is not None:
            raise PreconditionFailed("It is not in the state that you have seen.")

    def demand(self) -> None:
        """Refuse a change that does not say which state it is of.

        Raises:
            PreconditionRequired: There is no `If-Match`.
        """
        if self.if_match is None:
            raise PreconditionRequired("Send the ETag that you have seen in If-Match.")


def _read_match(
    request: Request,
    _if_match: Annotated[
        str | None,
        FromHeader("if-match", description="The ETag of the state to be changed."),
    ] = None,
    _if_none_match: Annotated[
        str | None,
        FromHeader("if-none-match", description="`*`: only if there is none."),
    ] = None,
) -> Match:
    # Read as a whole: a header that is a list may come in several lines.
    joined = request.headers.joined
    return Match(joined("if-match"), joined("if-none-match"))
