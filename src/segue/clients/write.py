"""A document -> the text of one TypeScript file that needs no other.

The file has three parts: the runtime, which is the same for all and is kept as
TypeScript in `runtime/`; the types of the document; the client.

The same document gives the same file, byte for byte.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from segue.clients.comments import plain
from segue.clients.document import Document, listed
from segue.clients.functions import Function, Functions, alias, failure
from segue.clients.names import Names, key, literal
from segue.clients.operations import operations_of
from segue.clients.sockets import sockets_of
from segue.clients.types import Types

__all__ = ["write_typescript"]

_RUNTIME: Final = Path(__file__).with_name("runtime")
_PARTS: Final = ("transport", "streams", "events", "lines", "sockets")
_IMPORT: Final = re.compile(r"^import [^;]*;\n+", re.MULTILINE)
_DECLARED: Final = re.compile(
    r"^(?:export )?(?:class|interface|type|const) ([A-Z]\w*)", re.MULTILINE
)
_GLOBALS: Final = (
    *("AbortController", "AbortSignal", "Array", "ArrayBuffer", "AsyncGenerator"),
    *("AsyncIterable", "Blob", "Error", "Exclude", "FormData", "Generator", "Headers"),
    *("JSON", "Math", "Number", "Object", "Omit", "Partial", "Pick", "Promise"),
    *("ReadableStream", "Readonly", "ReadonlyArray", "Record", "RequestInit"),
    *("Response", "String", "Symbol", "TextDecoder", "TypeError", "URL"),
    *("URLSearchParams", "Uint8Array", "WebSocket"),
)
"""Names of the language that the file uses: a type of the app may not hide them."""

_INNER: Final = re.compile(
    r"^export (?=.*\b(?:Transport|CallPlan|InputValues|SentRequest|split|pathOf"
    r"|problemOf|isErrorOf|linesOf|eventStream|lineStream|webSocket)\b ?[<(={])",
    re.MULTILINE,
)
_CREATE: Final = """\
/** Makes a client of the API. */
export function createClient(options: ClientOptions = {}): ApiClient {
  const transport = new Transport(options, %s);
  return {
%s  };
}
"""


def write_typescript(content: Any) -> str:
    """Write the client of an API.

    Args:
        content: Its OpenAPI 3.1 document, as `json.loads` gives it.

    Raises:
        CommandError: It is no such document, or refers to what it has not.
    """
    document = Document(content)
    runtime = {name: _part(name) for name in _PARTS}
    words = (word for text in runtime.values() for word in _DECLARED.findall(text))
    names = Names([*words, *_GLOBALS, "ApiClient", "ApiError"])
    types = Types(document, names)
    declared = types.declarations()
    functions = Functions(document, types, names)
    operations = list(operations_of(document))
    written = [functions.of_operation(each) for each in operations]
    streams = {each.stream.kind for each in operations if each.stream is not None}
    sockets = [functions.of_socket(each) for each in sockets_of(document)]
    needed = ["transport"]
    needed += ["streams"] if streams else []
    needed += ["events"] if "events" in streams else []
    needed += ["lines"] if "lines" in streams else []
    needed += ["sockets"] if sockets else []
    errors = failure(functions.problems(operations))
    parts = [
        _header(document),
        *(runtime[name] for name in needed),
        declared,
        "\n".join(each.types for each in [*written, *sockets] if each.types),
        _errors(errors),
        _client([*written, *sockets], _base_url(document)),
    ]
    return "\n".join(part for part in parts if part)


def _part(name: str) -> str:
    text = (_RUNTIME / f"{name}.ts").read_text(encoding="utf-8")
    text = _IMPORT.sub("", text)
    return _INNER.sub("", text)


def _header(document: Document) -> str:
    info = document.members(document.content, "info")
    title = plain(f"{info.get('title', '')} {info.get('version', '')}".strip()[:200])
    canonical = json.dumps(document.content, sort_keys=True, default=str)
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return (
        f"// A client of {title or 'an API'}, written by: segue client ts\n"
        "// Change the app and write it again; changes made here are lost.\n"
        f"// document: sha256 {digest}\n\n/* eslint-disable */\n"
    )


def _errors(union: str) -> str:
    return (
        "/** What is thrown for an answer from 400 on; `status` tells which it is. */\n"
        f"{alias('ApiError', union)}\n"
        "/** For `instanceof`. */\n"
        "export const ApiError = HttpError as unknown as abstract new (\n"
        "  ...args: never\n"
        ") => ApiError;\n"
    )


def _client(functions: Iterable[Function], base_url: str) -> str:
    every = list(functions)
    members = "".join(each.member for each in every)
    made = "".join(f"    {key(each.name)}: {each.made},\n" for each in every)
    return (
        "/** The functions of the API. */\n"
        f"export interface ApiClient {{\n{members}}}\n\n"
        f"{_CREATE % (literal(base_url), made)}"
    )


def _base_url(document: Document) -> str:
    """Find where the API says it is; nothing where only its reader knows."""
    servers = listed(document.content, "servers")
    url = document.follow(servers[0]).get("url") if servers else None
    return url.rstrip("/") if isinstance(url, str) and "{" not in url else ""
