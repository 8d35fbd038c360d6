"""Bare callables that stream 300 MB: what the server itself does with a stalled client."""

SIZE = 300 * 1024 * 1024
PIECE = b"x" * 65536
COUNT = SIZE // len(PIECE)
HEADERS = [("content-type", "application/octet-stream")]
BYTE_HEADERS = [(name.encode(), value.encode()) for name, value in HEADERS]


def wsgi_app(environ, start_response):
    if environ["PATH_INFO"] != "/stream":
        start_response("200 OK", [("content-type", "text/plain"), ("content-length", "2")])
        return [b"ok"]
    start_response("200 OK", HEADERS)
    return (PIECE for _ in range(COUNT))


async def asgi_app(scope, receive, send):
    if scope["type"] != "http":
        raise NotImplementedError
    start = {"type": "http.response.start", "status": 200}
    if scope["path"] != "/stream":
        await send({**start, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})
        return
    await send({**start, "headers": BYTE_HEADERS})
    for _ in range(COUNT):
        await send({"type": "http.response.body", "body": PIECE, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


class RSGI:
    async def __rsgi__(self, scope, protocol):
        if scope.path != "/stream":
            protocol.response_str(200, [("content-type", "text/plain")], "ok")
            return
        transport = protocol.response_stream(200, HEADERS)
        for _ in range(COUNT):
            await transport.send_bytes(PIECE)


rsgi_app = RSGI()
