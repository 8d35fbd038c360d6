"""The WebSockets of a document."""

import documents

from segue.clients.document import Document
from segue.clients.sockets import sockets_of


def test_a_socket_is_read_from_the_side_of_the_client():
    said = {
        "name": "chat",
        "parameters": [
            {"name": "room", "in": "path", "required": True},
            {"name": "x-api-key", "in": "header", "required": True},
        ],
        "receive": {"const": "in"},
        "send": {"const": "out"},
    }
    content = documents.document(**{"x-websockets": {"/chat/{room}": said, "/b": {}}})
    chat, other = sockets_of(Document(content))

    assert chat.id == "chat"
    assert [each.name for each in chat.values] == ["room"]
    assert (chat.sends, chat.receives) == ({"const": "in"}, {"const": "out"})
    assert other.id == "socket /b"
    assert other.values == ()
