"""What is compared, and the command that starts each of them."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass

from measure.places import PEERS, PYTHON

__all__ = ["ROSTER", "STREAMERS", "THREADED", "Peer", "choose"]


@dataclass(frozen=True, slots=True)
class Peer:
    """One framework on one server, speaking one protocol.

    Args:
        family: The name `--peers` selects by: `segue`, `flask`, `bare` ...
        target: `module:app` for a Python server, a file for a program of its own.
        server: `granian`, `uvicorn`, `gunicorn`, `own` or `node`.
        protocol: `wsgi`, `asgi`, `rsgi`; empty where the server is the framework's.
        style: `sync` or `async`: the colour of the handlers.
        note: What tells two rows of one family apart.
    """

    family: str
    target: str
    server: str
    protocol: str = ""
    style: str = "async"
    note: str = ""

    @property
    def label(self) -> str:
        """Say in one cell what this row is."""
        if self.server in {"own", "node"}:
            return self.family
        name = f"{self.family} {self.note}" if self.note else self.family
        return f"{name} {self.protocol}/{self.server}"

    def command(self, port: int) -> list[str]:
        """Build the command line that serves this peer on a port of the loopback."""
        python = str(PYTHON)
        module = [python, "-m", self.server]
        address = f"127.0.0.1:{port}"
        match self.server:
            case "granian":
                options = ["--interface", self.protocol, "--port", str(port)]
                loop = ["--loop", "uvloop", "--log-level", "error"]
                return [*module, *options, *loop, "--workers", "1", self.target]
            case "uvicorn":
                options = ["--port", str(port), "--loop", "uvloop"]
                quiet = ["--no-access-log", "--log-level", "error"]
                parser = ["--http", "httptools"]
                return [*module, *options, *parser, *quiet, self.target]
            case "gunicorn":
                options = ["--worker-class", "gthread", "--threads", "8"]
                quiet = ["--keep-alive", "75", "--log-level", "error"]
                return [*module, *options, *quiet, "--bind", address, self.target]
            case "node":
                return ["node", str(PEERS / self.target), str(port)]
            case _:
                return [python, str(PEERS / self.target), str(port)]


def bare(server: str, protocol: str) -> Peer:
    """Build the row every ratio is made with: no framework at all."""
    style = "sync" if protocol == "wsgi" else "async"
    return Peer("bare", f"raw_{protocol}:app", server, protocol, style)


def segue(server: str, protocol: str, kind: str) -> Peer:
    """Build a row of ours; `inline` is a plain function run on the loop."""
    style = "async" if kind == "async" else "sync"
    return Peer("segue", f"segue_app:{kind}_app", server, protocol, style, kind)


ROSTER: tuple[Peer, ...] = (
    bare("granian", "wsgi"),
    bare("granian", "asgi"),
    bare("granian", "rsgi"),
    bare("uvicorn", "asgi"),
    bare("gunicorn", "wsgi"),
    segue("granian", "wsgi", "sync"),
    segue("granian", "wsgi", "async"),
    segue("granian", "asgi", "sync"),
    segue("granian", "asgi", "inline"),
    segue("granian", "asgi", "async"),
    segue("granian", "rsgi", "sync"),
    segue("granian", "rsgi", "inline"),
    segue("granian", "rsgi", "async"),
    segue("uvicorn", "asgi", "sync"),
    segue("uvicorn", "asgi", "inline"),
    segue("uvicorn", "asgi", "async"),
    segue("gunicorn", "wsgi", "sync"),
    Peer("flask", "flask_app:app", "granian", "wsgi", "sync"),
    Peer("flask", "flask_app:app", "gunicorn", "wsgi", "sync"),
    Peer("django", "django_app:app", "granian", "wsgi", "sync"),
    Peer("django", "django_app:app", "gunicorn", "wsgi", "sync"),
    Peer("fastapi", "fastapi_app:app", "granian", "asgi"),
    Peer("fastapi", "fastapi_app:app", "uvicorn", "asgi"),
    Peer("pyramid", "pyramid_app:app", "granian", "wsgi", "sync"),
    Peer("tornado", "tornado_app.py", "own"),
    Peer("bottle", "bottle_app:app", "granian", "wsgi", "sync"),
    Peer("falcon", "falcon_app:app", "granian", "wsgi", "sync"),
    Peer("starlette", "starlette_app:app", "granian", "asgi"),
    Peer("starlette", "starlette_app:app", "uvicorn", "asgi"),
    Peer("litestar", "litestar_app:app", "granian", "asgi"),
    Peer("litestar", "litestar_app:app", "uvicorn", "asgi"),
    Peer("blacksheep", "blacksheep_app:app", "granian", "asgi"),
    Peer("blacksheep", "blacksheep_app:app", "uvicorn", "asgi"),
    Peer("sanic", "sanic_app.py", "own"),
    Peer("aiohttp", "aiohttp_app.py", "own"),
    Peer("robyn", "robyn_app.py", "own"),
    Peer("emmett55", "emmett_app:app", "granian", "rsgi"),
    Peer("node", "node_app.js", "node"),
    Peer("fastify", "fastify_app.js", "node"),
    Peer("express", "express_app.js", "node"),
)

THREADED: tuple[Peer, ...] = (
    *(
        Peer("segue", f"segue_thread_app:{kind}_app", server, protocol, style, kind)
        for server, protocol, kind, style in (
            ("granian", "wsgi", "sync", "sync"),
            ("granian", "wsgi", "async", "async"),
            ("granian", "asgi", "sync", "sync"),
            ("granian", "rsgi", "sync", "sync"),
            ("uvicorn", "asgi", "sync", "sync"),
            ("uvicorn", "asgi", "inline", "sync"),
            ("uvicorn", "asgi", "async", "async"),
        )
    ),
    Peer("bare", "thread_app:executor_app", "uvicorn", "asgi", "sync", "executor"),
    Peer("starlette", "thread_app:starlette_app", "uvicorn", "asgi", "sync", "sync"),
    Peer("fastapi", "thread_app:fastapi_app", "uvicorn", "asgi", "sync", "sync"),
)

WAYS = (
    ("granian", "wsgi"),
    ("granian", "asgi"),
    ("uvicorn", "asgi"),
    ("granian", "rsgi"),
)

STREAMERS: tuple[Peer, ...] = (
    *(
        Peer("segue", f"segue_stream_app:{kind}_app", server, protocol, kind, kind)
        for server, protocol in WAYS
        for kind in ("sync", "async")
    ),
    *(
        Peer("bare", f"raw_stream_app:{protocol}_app", server, protocol)
        for server, protocol in WAYS
    ),
)


def choose(peers: Iterable[Peer], wanted: str) -> list[Peer]:
    """Keep the peers whose family or label is named in a comma-separated list.

    An unknown name ends the program: a misspelt peer must not look measured.
    """
    peers = list(peers)
    if not wanted:
        return peers
    names = [name.strip() for name in wanted.split(",") if name.strip()]
    for name in names:
        if not any(matches(peer, name) for peer in peers):
            known = ", ".join(dict.fromkeys(peer.family for peer in peers))
            sys.exit(f"No peer is called {name!r}. There are: {known}.")
    return [peer for peer in peers if any(matches(peer, name) for name in names)]


def matches(peer: Peer, name: str) -> bool:
    """Say whether a name on the command line means this peer."""
    return name == peer.family or (" " in name and name in peer.label)
