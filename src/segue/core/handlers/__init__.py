"""A typed function -> a Plan (frozen data) -> one fast callable."""

from segue.core.handlers.answers import MEDIA_TYPES, Pair, finish, to_response
from segue.core.handlers.build import Surroundings, build_plan
from segue.core.handlers.compile import Call, compile_plan
from segue.core.handlers.plan import Argument, Plan, Source, type_name
from segue.core.handlers.signature import Parameter, Signature, place_of, read_signature

__all__ = [
    "MEDIA_TYPES",
    "Argument",
    "Call",
    "Pair",
    "Parameter",
    "Plan",
    "Signature",
    "Source",
    "Surroundings",
    "build_plan",
    "compile_plan",
    "finish",
    "place_of",
    "read_signature",
    "to_response",
    "type_name",
]
