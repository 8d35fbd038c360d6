"""The answers of an operation: by status, by media type, each with its schema.

What the route declares in `responses=` is the last word; then come the declared type of
the answer and the errors that were found. An error that `@app.on` answers has the form
that its handler gives it.

Source: OpenAPI 3.1, Responses Object.
"""

import inspect
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import msgspec

from segue.core.errors import HTTPError
from segue.core.handlers.plan import Plan
from segue.core.kernel.entry import Hook
from segue.core.schema.describe import describe
from segue.core.schema.jsonschema import JsonSchemas, Schema
from segue.core.types import UNSET
from segue.openapi.contents import Content, contents_of
from segue.openapi.problems import Problems, words_of

__all__ = ["responses_of"]

_PROBLEM: Final = "application/problem+json"
_RENAMED: Final = {
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    422: "Unprocessable Content",
}
_FAMILIES: Final = {"2": "Successful answer", "3": "Redirection"}
_BINARY: Final = {"type": "string", "format": "binary"}
_ERRORS: Final = 400
_REDIRECTS: Final = (303, "3XX")

Answers = Mapping[int, Sequence[type[HTTPError]]]
Handlers = Sequence[Mapping[Any, Hook]]


def responses_of(
    plan: Plan,
    errors: Answers,
    handlers: Handlers,
    declared: Mapping[int, Any],
    schemas: JsonSchemas,
    problems: Problems,
) -> dict[str, Any]:
    """Build the Responses Object of an operation.

    Args:
        plan: How the handler is called, and what it returns.
        errors: The errors it can answer with, by their status.
        handlers: Who answers an error, the innermost group first.
        declared: The option `responses=`: by status words, a type, both, or a
            Response Object.
        schemas: Builds the schemas.
        problems: Knows the documents of errors.
    """
    made = _Responses(schemas, problems)
    for content in contents_of(plan):
        made.add(content)
    for status, kinds in errors.items():
        for kind in kinds:
            made.add_error(status, kind, handlers)
    for known in handlers:
        made.add_handlers(known)
    for status, said in declared.items():
        made.declare(int(status), said, plan)
    return made.document()


class _Responses:
    """Collects the responses of one operation."""

    def __init__(self, schemas: JsonSchemas, problems: Problems) -> None:
        self._schemas = schemas
        self._problems = problems
        self._found: dict[str, dict[str, Any]] = {}

    def document(self) -> dict[str, Any]:
        """Give the responses, in the order of their statuses."""
        for response in self._found.values():
            for media in response.get("content", {}).values():
                several: list[Schema] | None = media.pop("several", None)
                if several is not None:
                    media["schema"] = _any_of(several)
        return dict(sorted(self._found.items()))

    def add(self, content: Content, words: str | None = None) -> dict[str, Any]:
        """Add a form of an answer."""
        response = self._response(str(content.status), words)
        if content.status in _REDIRECTS:
            response["headers"] = {"location": {"schema": {"type": "string"}}}
        if content.media_type is None:
            return response
        media = self._media(response, content.media_type)
        if content.items:
            media.setdefault("several", [{"type": "string"}])
            items = self._schemas.schema(describe(content.hint), "out")
            media["x-item-schema"] = items
        else:
            media.setdefault("several", []).append(self._schema(content))
        return response

    def add_error(self, status: int, kind: type[HTTPError], handlers: Handlers) -> None:
        """Add an error, in the form of who answers it."""
        handler = _handler_of(kind, handlers)
        words = words_of(kind)
        if handler is None:
            shape = self._problems.shape(kind)
            response = self._response(str(status), words)
            media = self._media(response, _PROBLEM)
            schema = self._schemas.schema(shape, "out")
            media.setdefault("several", []).append(schema)
            return
        for content in contents_of(handler.call.plan):
            if content.status in (200, 204):
                content = msgspec.structs.replace(content, status=status)  # noqa: PLW2901 - a page for 404 is a 404
            self.add(content, words)

    def add_handlers(self, known: Mapping[Any, Hook]) -> None:
        """Add what those answer who take exceptions of Python, if they say a status."""
        for kind, handler in known.items():
            if not isinstance(kind, type) or issubclass(kind, HTTPError):
                continue
            for content in contents_of(handler.call.plan):
                if isinstance(content.status, int) and content.status >= _ERRORS:
                    self.add(content)

    def declare(self, status: int, said: Any, plan: Plan) -> None:
        """Add what the route says of a status."""
        if isinstance(said, str):
            self._response(str(status), said)["description"] = said
        elif isinstance(said, Mapping):
            response = self._response(str(status), None)
            response.update(said)  # pyright: ignore[reportUnknownArgumentType] - a Response Object
        elif isinstance(said, tuple):
            for part in said:  # pyright: ignore[reportUnknownVariableType] - types and words
                self.declare(status, part, plan)
        elif inspect.isclass(said) and issubclass(said, HTTPError):
            self.add_error(status, said, ())
        else:
            self._declare_type(status, said, plan)

    def _declare_type(self, status: int, hint: Any, plan: Plan) -> None:
        same = plan.returns if status < _ERRORS else UNSET
        self._response(str(status), None).pop("content", None)
        if hint is None:
            return
        shown = msgspec.structs.replace(
            plan,
            returns=hint,
            status=None,
            is_generator=plan.is_generator and hint == same,
            renderers=plan.renderers if status < _ERRORS else {},
        )
        for content in contents_of(shown):
            self.add(msgspec.structs.replace(content, status=status))

    def _response(self, status: str, words: str | None) -> dict[str, Any]:
        known = self._found.get(status)
        if known is None:
            known = self._found[status] = {"description": words or _phrase(status)}
        return known

    def _media(self, response: dict[str, Any], media_type: str) -> dict[str, Any]:
        content: dict[str, Any] = response.setdefault("content", {})
        media: dict[str, Any] = content.setdefault(media_type, {})
        return media

    def _schema(self, content: Content) -> Schema:
        if content.hint is UNSET:
            return {}
        if content.hint is bytes:
            return dict(_BINARY)
        return self._schemas.schema(describe(content.hint), "out")


def _any_of(several: list[Schema]) -> Schema:
    once = [each for n, each in enumerate(several) if each not in several[:n]]
    if {} in once:
        return {}
    return once[0] if len(once) == 1 else {"anyOf": once}


def _handler_of(kind: type[HTTPError], handlers: Handlers) -> Hook | None:
    """Find who answers an error, as the walk does."""
    for known in handlers:
        if kind.status in known:
            return known[kind.status]
        for cls in kind.__mro__:
            if cls in known:
                return known[cls]
    return None


def _phrase(status: str) -> str:
    if not status.isdigit():
        return _FAMILIES.get(status[:1], "Another answer")
    number = int(status)
    if number in _RENAMED:
        return _RENAMED[number]
    try:
        return HTTPStatus(number).phrase
    except ValueError:
        return f"Status {number}"
