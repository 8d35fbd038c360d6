"""A bare RSGI callable that does the four requests by hand."""

from urllib.parse import unquote_plus

from records import DecodeError, User, decode_order, encode, receipt


class App:
    async def __rsgi__(self, scope, protocol):
        method = scope.method
        path = scope.path
        if path == "/plaintext" and method == "GET":
            protocol.response_str(
                200, [("content-type", "text/plain; charset=utf-8")], "Hello, World!"
            )
        elif path == "/json" and method == "GET":
            protocol.response_bytes(
                200,
                [("content-type", "application/json")],
                encode({"message": "Hello, World!"}),
            )
        elif path.startswith("/users/") and method == "GET":
            try:
                number = int(path[7:])
            except ValueError:
                protocol.response_str(404, [("content-type", "text/plain")], "")
                return
            text = ""
            for field in scope.query_string.split("&"):
                name, _, value = field.partition("=")
                if name == "q":
                    text = unquote_plus(value)
            protocol.response_bytes(
                200,
                [("content-type", "application/json")],
                encode(User(number, text)),
            )
        elif path.startswith("/orders/") and method == "POST":
            try:
                number = int(path[8:])
            except ValueError:
                protocol.response_str(404, [("content-type", "text/plain")], "")
                return
            try:
                order = decode_order(await protocol())
            except DecodeError:
                protocol.response_str(422, [("content-type", "text/plain")], "")
                return
            protocol.response_bytes(
                200,
                [("content-type", "application/json")],
                encode(receipt(number, order)),
            )
        else:
            protocol.response_str(404, [("content-type", "text/plain")], "Not Found")


app = App()
