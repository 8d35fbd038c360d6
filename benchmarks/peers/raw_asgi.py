"""A bare ASGI callable that does the four requests by hand."""

from urllib.parse import unquote_plus

from records import DecodeError, User, decode_order, encode, receipt


async def answer(send, status, content_type, body):
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", content_type),
                (b"content-length", str(len(body)).encode()),
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})


async def lifespan(receive, send):
    while True:
        message = await receive()
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
        return
    method = scope["method"]
    path = scope["path"]
    if path == "/plaintext" and method == "GET":
        body = "Hello, World!".encode()
        await answer(send, 200, b"text/plain; charset=utf-8", body)
    elif path == "/json" and method == "GET":
        body = encode({"message": "Hello, World!"})
        await answer(send, 200, b"application/json", body)
    elif path.startswith("/users/") and method == "GET":
        try:
            number = int(path[7:])
        except ValueError:
            await answer(send, 404, b"text/plain", b"Not Found")
            return
        text = ""
        for field in scope["query_string"].decode("latin-1").split("&"):
            name, _, value = field.partition("=")
            if name == "q":
                text = unquote_plus(value)
        await answer(send, 200, b"application/json", encode(User(number, text)))
    elif path.startswith("/orders/") and method == "POST":
        try:
            number = int(path[8:])
        except ValueError:
            await answer(send, 404, b"text/plain", b"Not Found")
            return
        message = await receive()
        body = message.get("body", b"")
        while message.get("more_body"):
            message = await receive()
            body += message.get("body", b"")
        try:
            order = decode_order(body)
        except DecodeError:
            await answer(send, 422, b"text/plain", b"Unprocessable Content")
            return
        body = encode(receipt(number, order))
        await answer(send, 200, b"application/json", body)
    else:
        await answer(send, 404, b"text/plain", b"Not Found")
