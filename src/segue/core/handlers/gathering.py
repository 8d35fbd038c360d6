"""All that is wrong with a request, told at once.

The function of a route stops at the first value that does not fit. Then, and only
then, every argument is read once more, each on its own, and what is wrong with any of
them goes into one answer.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from segue.core.errors import HTTPError
from segue.core.handlers.convert import body_reader
from segue.core.handlers.invalid import Invalid, missing, several_invalid
from segue.core.handlers.plan import INPUTS, Argument, Plan, Source
from segue.core.handlers.texts import (
    form_pairs,
    query_pairs,
    record_reader,
    several,
    text_converter,
    whole_pairs,
)
from segue.core.types import UNSET

__all__ = ["Gather", "other_names"]


def other_names(plan: Plan, source: Source) -> tuple[str, ...]:
    """List the names that arguments of a source ask for one by one."""
    return tuple(a.key for a in plan.everything if a.source is source and a.key)


class Gather:
    """Reads all arguments of a plan that a client decides about.

    Args:
        plan: The plan.
        limit: How many fields a query may have.
    """

    def __init__(self, plan: Plan, limit: int) -> None:
        self._plan = plan
        self._limit = limit

    @cached_property
    def _readers(self) -> list[tuple[Source, Callable[[Any], Any]]]:
        asked = [a for a in self._plan.everything if a.source in INPUTS]
        texts = [a for a in asked if a.source is not Source.PATH]
        return [(a.source, self._reader(a)) for a in texts]

    def __call__(
        self,
        first: Invalid,
        query: str | None,
        request: Any,
        form: Any,
        body: tuple[bytes, str] | None,
    ) -> HTTPError:
        """Build the answer.

        Args:
            first: What stopped the function.
            query: The query as it came.
            request: The request, for headers and cookies, if the plan has one.
            form: The form; None when it was not read yet.
            body: The body and its content type; None when it was not read yet.
        """
        parts: dict[Source, Any] = {Source.FORM: form, Source.BODY: body}
        parts[Source.QUERY] = query_pairs(query or "", self._limit)
        if request is not None:
            parts[Source.HEADER] = request.headers
            parts[Source.COOKIE] = request.cookies
        errors: list[dict[str, Any]] = []
        for source, read in self._readers:
            if parts.get(source) is None:
                continue
            try:
                read(parts[source])
            except Invalid as found:
                errors += found.extra["errors"]
            except HTTPError as other:
                return other
        # A value that providers ask for as well is wrong only once.
        told = list({(e["in"], e["name"], e["message"]): e for e in errors}.values())
        return several_invalid(told) if told else first

    def _reader(self, argument: Argument) -> Callable[[Any], Any]:
        if argument.source is Source.BODY:
            read_body = body_reader(argument)[1]
            return lambda part: read_body(*part)
        if argument.record:
            others = other_names(self._plan, argument.source)
            record = record_reader(argument, others)
            return lambda part: record(_pairs(argument, part))
        return _one_reader(argument)


def _pairs(argument: Argument, part: Any) -> Any:
    if argument.source is Source.QUERY:
        return part
    if argument.source is Source.FORM:
        return form_pairs(part)
    return whole_pairs(part, argument.hint)


def _one_reader(argument: Argument) -> Callable[[Any], Any]:
    convert, place = text_converter(argument), argument.source.value

    def read(part: Any) -> Any:
        if argument.source is Source.QUERY:
            values = part.get(argument.key, UNSET)
            value = values if values is UNSET or argument.repeated else values[-1]
        elif argument.repeated:
            value = several(part, argument.key)
        else:
            value = part.get(argument.key, UNSET)
        if value is UNSET:
            return (
                missing(place, argument.key)
                if argument.default is UNSET
                else argument.default
            )
        return value if convert is None else convert(value)

    return read
