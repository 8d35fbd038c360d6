"""The four requests, the answers they must get, and the check that they do."""

import http.client
import json
from dataclasses import dataclass
from typing import Any

__all__ = ["QUESTIONS", "Question", "WrongAnswer", "check", "only"]

ITEMS = [
    {"sku": "tea-green-100", "quantity": 2, "price": 4.5},
    {"sku": "cup-white", "quantity": 4, "price": 7.25},
    {"sku": "spoon-steel", "quantity": 6, "price": 1.75},
    {"sku": "honey-forest", "quantity": 1, "price": 9.0},
    {"sku": "towel-linen", "quantity": 3, "price": 12.5},
]
ORDER = {"customer": "Ada Lovelace", "items": ITEMS, "note": "By Friday, please."}
RECEIPT = {"id": 7, "customer": "Ada Lovelace", "total": 95.0, "items": ITEMS}
BROKEN = {**ORDER, "items": [{"sku": "tea", "quantity": "many", "price": 4.5}]}


class WrongAnswer(Exception):
    """A peer did not do the work that is to be timed."""


@dataclass(frozen=True, slots=True)
class Question:
    """One request and what must come back (data is compared as JSON)."""

    name: str
    path: str
    says: str
    expected: Any
    body: str = ""

    @property
    def method(self) -> str:
        """POST where there is a body."""
        return "POST" if self.body else "GET"


QUESTIONS: tuple[Question, ...] = (
    Question("plaintext", "/plaintext", "the text Hello, World!", "Hello, World!"),
    Question("json", "/json", "a one-key object", {"message": "Hello, World!"}),
    Question(
        "user",
        "/users/42?q=hello",
        "an int from the path and a query value",
        {"id": 42, "q": "hello"},
    ),
    Question(
        "order",
        "/orders/7",
        "POST of a nested order with five items, decoded, validated, totalled",
        RECEIPT,
        json.dumps(ORDER, separators=(",", ":")),
    ),
)


def only(names: str) -> list[Question]:
    """Keep the questions named in a comma-separated list; all when it is empty."""
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    return [each for each in QUESTIONS if not wanted or each.name in wanted]


def check(port: int, questions: list[Question]) -> None:
    """Ask each question once and compare; then post an order that must be refused."""
    for question in questions:
        status, media, body = ask(port, question)
        if status != 200:
            raise WrongAnswer(f"{question.name}: status {status}: {body[:200]!r}")
        if isinstance(question.expected, str):
            right = body.decode() == question.expected and media.startswith("text/")
        else:
            right = media.startswith("application/json")
            right = right and json.loads(body) == question.expected
        if not right:
            raise WrongAnswer(f"{question.name}: {media}: {body[:200]!r}")
        if question.body:
            check_validation(port, question)


def check_validation(port: int, question: Question) -> None:
    """A peer that takes a quantity of "many" does not validate."""
    broken = Question(question.name, question.path, "", None, json.dumps(BROKEN))
    status, _, body = ask(port, broken)
    if status not in {400, 422}:
        raise WrongAnswer(f"a broken order: status {status}: {body[:200]!r}")


def ask(port: int, question: Question) -> tuple[int, str, bytes]:
    """Send one request; return status, media type and body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        headers = {"content-type": "application/json"} if question.body else {}
        body = question.body.encode() if question.body else None
        connection.request(question.method, question.path, body, headers)
        response = connection.getresponse()
        return response.status, response.getheader("content-type", ""), response.read()
    finally:
        connection.close()
