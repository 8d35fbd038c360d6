"""The questions of the parity suites: every answer must be the same everywhere."""

from dataclasses import dataclass, field
from typing import Any

__all__ = ["QUESTIONS", "Question", "comparable"]


@dataclass(frozen=True)
class Question:
    """One request."""

    method: str
    target: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def __str__(self) -> str:
        extra = "".join(f" {k}={v}" for k, v in self.headers.items())
        return f"{self.method} {self.target}{extra}"[:70]


JSON = {"content-type": "application/json"}
ORDER = (
    b'{"customer":"Ann","items":[{"sku":"a","quantity":2},{"sku":"b","quantity":3}]}'
)
BOUNDARY = "sep"
FORM = (
    b'--sep\r\ncontent-disposition: form-data; name="title"\r\n\r\nD\xc3\xbcne\r\n'
    b'--sep\r\ncontent-disposition: form-data; name="cover"; filename="c.png"\r\n'
    b"content-type: image/png\r\n\r\nxyz\r\n--sep--\r\n"
)
MULTIPART = {"content-type": "multipart/form-data; boundary=sep"}
URLENCODED = {"content-type": "application/x-www-form-urlencoded"}

QUESTIONS = (
    Question("GET", "/"),
    Question("GET", "/text"),
    Question("HEAD", "/text"),
    Question("GET", "/data?stamp=one"),
    Question("GET", "/users/42"),
    Question("GET", "/users/42?q=a%20b+c&page=3"),
    Question("GET", "/users/42?page=x"),
    Question("GET", "/users/42?q=%zz"),
    Question("GET", "/users/x"),
    Question("GET", "/users/-7"),
    Question("GET", "/users/99999999999999999999999"),
    Question("GET", "/named/caf%C3%A9%20%26%20more"),
    Question("GET", "/named/a%2Fb"),
    Question("GET", "/named/a%00b"),
    Question("GET", "/named/a%FFb"),
    Question("GET", "/users/42/"),
    Question("GET", "/nothing"),
    Question("GET", "/nothing", {"accept": "text/html"}),
    Question("DELETE", "/text"),
    Question("OPTIONS", "/text"),
    Question("BREW", "/text"),
    Question("POST", "/orders", JSON, ORDER),
    Question("POST", "/orders", JSON, b'{"customer":"Ann","items":[{"sku":1}]}'),
    Question("POST", "/orders", JSON, b'{"customer":'),
    Question("POST", "/orders", JSON, b""),
    Question("POST", "/orders", {"content-type": "text/plain"}, ORDER),
    Question(
        "POST", "/orders", {"content-type": "application/json; charset=utf-8"}, ORDER
    ),
    Question("POST", "/echo", {}, b"\x00\xff bytes"),
    Question("POST", "/length", {}, b"x" * 200_000),
    Question("POST", "/form", MULTIPART, FORM),
    Question("POST", "/form", MULTIPART, FORM[:40]),
    Question("POST", "/form", URLENCODED, b"title=D%C3%BCne&x=1"),
    Question("GET", "/stream"),
    Question("HEAD", "/stream"),
    Question("GET", "/headers", {"x-one": "1", "accept": "text/x"}),
    Question("GET", "/file/hello.txt"),
    Question("GET", "/file/hello.txt", {"range": "bytes=6-9"}),
    Question("GET", "/file/hello.txt", {"range": "bytes=0-1,4-5"}),
    Question("GET", "/file/hello.txt", {"range": "bytes=900-"}),
    Question("GET", "/file/hello.txt", {"if-none-match": "*"}),
    Question("HEAD", "/file/picture.png"),
    Question("GET", "/file/%2e%2e/parity_app.py"),
    Question("GET", "/file/nothing.txt"),
    Question("GET", "/cookie", {"cookie": "seen=before; x=y"}),
    Question("GET", "/none"),
    Question("GET", "/accepted"),
    Question("GET", "/teapot"),
    Question("GET", "/go"),
    Question("GET", "/missing"),
    Question("GET", "/missing", {"accept": "text/html"}),
    Question("GET", "/boom"),
)

# What servers add, or differs from one answer to the next.
_NOT_OURS = {"date", "server", "connection", "transfer-encoding", "keep-alive"}
_VARYING = {"x-request-id", "etag", "last-modified"}


def comparable(
    status: int, headers: list[tuple[str, str]], body: bytes
) -> dict[str, Any]:
    """Take off what may differ: what the server adds, ids, times, boundaries."""
    kept = sorted(
        (name.lower(), "..." if name.lower() in _VARYING else value)
        for name, value in headers
        if name.lower() not in _NOT_OURS
    )
    # A length is the server's to add where the whole body is known to it.
    lengths = [value for name, value in kept if name == "content-length"]
    kept = [(name, value) for name, value in kept if name != "content-length"]
    for index, (name, value) in enumerate(kept):
        if name == "content-type" and value.startswith("multipart/byteranges"):
            boundary = value.rpartition("boundary=")[2]
            kept[index] = (name, "multipart/byteranges")
            body = body.replace(boundary.strip('"').encode(), b"boundary")
    if status == 500:
        body = body.partition(b'"request_id":"')[0]
    assert len(lengths) <= 1
    return {"status": status, "headers": kept, "body": body}
