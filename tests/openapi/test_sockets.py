"""WebSockets, for which a document has no place of its own."""

import msgspec
import pytest

from segue import WebSocket
from segue.openapi import ApiKey


class Say(msgspec.Struct):
    text: str


class Said(msgspec.Struct):
    text: str
    name: str = ""


@pytest.mark.feature("M-062")
def test_a_socket_tells_what_goes_in_and_out(app, build):
    @app.websocket("/chat/{room}")
    async def chat(socket: WebSocket[Say, Said], room: str, color: str = "") -> None:
        """Talk."""

    made = build(app)

    assert made["paths"] == {}
    assert made["x-websockets"] == {
        "/chat/{room}": {
            "name": "chat",
            "summary": "Talk",
            "parameters": [
                {
                    "name": "room",
                    "in": "path",
                    "required": True,
                    "schema": {"type": "string"},
                },
                {
                    "name": "color",
                    "in": "query",
                    "schema": {"type": "string", "default": ""},
                },
            ],
            "receive": {"$ref": "#/components/schemas/Say"},
            "send": {"$ref": "#/components/schemas/Said"},
        }
    }
    assert made["components"]["schemas"]["Said"]["required"] == ["text", "name"]


def test_a_socket_without_types_takes_anything(app, build):
    @app.websocket("/a")
    async def a(socket: WebSocket): ...

    @app.websocket("/b")
    async def b(): ...

    made = build(app)["x-websockets"]

    assert made["/a"] == {"name": "a", "receive": {}, "send": {}}
    assert made["/b"] == {"name": "b", "receive": {}, "send": {}}


def test_a_socket_may_ask_for_credentials(app, build):
    class User: ...

    @app.provide
    @ApiKey(query="token")
    def user(token: str = "") -> User: ...

    @app.websocket("/a")
    async def a(socket: WebSocket, user: User): ...

    made = build(app)

    assert made["x-websockets"]["/a"]["security"] == [{"token": []}]
    assert "parameters" not in made["x-websockets"]["/a"]
    assert "token" in made["components"]["securitySchemes"]
