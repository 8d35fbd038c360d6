"""Time what a view costs beside its plain type: `python -m inside.views`.

The same bodies and answers, with `Create` and `Read` and without any mark. A batch is
timed of each in turn, and the best of each is kept; what is left of the difference is
the making of the object and, on the way out, of what leaves.
"""

import time
from collections.abc import Callable
from typing import Annotated, Any

import msgspec

from segue.core.handlers.convert import body_reader
from segue.core.handlers.plan import Argument, Source
from segue.core.handlers.showing import shower
from segue.core.schema.marks import ReadOnly, WriteOnly
from segue.core.schema.views import Create, Patch, Read

__all__ = ["main"]


class Plain(msgspec.Struct):
    """An account without marks, and without what its view leaves out."""

    email: str
    password: str
    note: str | None = None


class Account(msgspec.Struct):
    """The same, with marks."""

    id: Annotated[int, ReadOnly()]
    email: str
    password: Annotated[str, WriteOnly()]
    note: str | None = None


class Shown(msgspec.Struct):
    """What a view leaves of it, as a type of its own."""

    id: int
    email: str
    note: str | None = None


def decoder(hint: Any) -> Callable[[bytes], Any]:
    """Give the decoder of a body as a route has it."""
    return body_reader(Argument("body", Source.BODY, hint))[0]


def encoder(hint: Any) -> Callable[[Any], bytes]:
    """Give the encoder of an answer as a route has it."""
    show, encode = shower(hint), msgspec.json.Encoder().encode
    return encode if show is None else lambda value: encode(show(value))


def best(functions: dict[str, Callable[[], Any]], runs: int) -> dict[str, float]:
    """Give the nanoseconds of one call of each, from the least disturbed batch."""
    found = dict.fromkeys(functions, float("inf"))
    for _ in range(40):
        for name, function in functions.items():
            start = time.perf_counter_ns()
            for _ in range(runs):
                function()
            taken = (time.perf_counter_ns() - start) / runs
            found[name] = min(found[name], taken)
    return found


def main() -> None:
    """Print one line for each comparison."""
    one = b'{"email":"a@example.org","password":"long enough","note":"hello"}'
    many = b"[" + b",".join([one] * 100) + b"]"
    account = Account(1, "a@example.org", "long enough", "hello")
    other = Shown(1, "a@example.org", "hello")
    pairs: dict[str, tuple[Callable[[], Any], Callable[[], Any], int]] = {}
    for name, hint, plain, body, runs in (
        ("Create", Create[Account], Plain, one, 5000),
        ("Patch", Patch[Account], Plain, one, 5000),
        ("list of 100 Create", list[Create[Account]], list[Plain], many, 100),
    ):
        viewed, bare = decoder(hint), decoder(plain)
        pairs[name] = (
            lambda f=bare, b=body: f(b),
            lambda f=viewed, b=body: f(b),
            runs,
        )
    for name, hint, mine, theirs, runs in (
        ("Read", Read[Account], account, other, 5000),
        ("list of 100 Read", list[Read[Account]], [account] * 100, [other] * 100, 100),
    ):
        out, plainly = encoder(hint), encoder(type(theirs))
        pairs[name] = (
            lambda f=plainly, v=theirs: f(v),
            lambda f=out, v=mine: f(v),
            runs,
        )
    for name, (bare, viewed, runs) in pairs.items():
        took = best({"plain": bare, "view": viewed}, runs)
        ratio = took["view"] / took["plain"]
        print(
            f"{name:20} {took['plain']:9.0f} ns {took['view']:9.0f} ns  x {ratio:.2f}"
        )


if __name__ == "__main__":
    main()
