"""A bare WSGI callable that does the four requests by hand."""

from urllib.parse import unquote_plus

from records import DecodeError, User, decode_order, encode, receipt


def json_answer(start_response, data):
    body = encode(data)
    start_response(
        "200 OK",
        [("content-type", "application/json"), ("content-length", str(len(body)))],
    )
    return [body]


def fail(start_response, status):
    body = status.encode()
    start_response(
        status,
        [("content-type", "text/plain"), ("content-length", str(len(body)))],
    )
    return [body]


def app(environ, start_response):
    method = environ["REQUEST_METHOD"]
    path = environ["PATH_INFO"]
    if path == "/plaintext" and method == "GET":
        body = "Hello, World!".encode()
        start_response(
            "200 OK",
            [
                ("content-type", "text/plain; charset=utf-8"),
                ("content-length", str(len(body))),
            ],
        )
        return [body]
    if path == "/json" and method == "GET":
        return json_answer(start_response, {"message": "Hello, World!"})
    if path.startswith("/users/") and method == "GET":
        try:
            number = int(path[7:])
        except ValueError:
            return fail(start_response, "404 Not Found")
        text = ""
        for field in environ.get("QUERY_STRING", "").split("&"):
            name, _, value = field.partition("=")
            if name == "q":
                text = unquote_plus(value)
        return json_answer(start_response, User(number, text))
    if path.startswith("/orders/") and method == "POST":
        try:
            number = int(path[8:])
        except ValueError:
            return fail(start_response, "404 Not Found")
        length = int(environ.get("CONTENT_LENGTH") or 0)
        try:
            order = decode_order(environ["wsgi.input"].read(length))
        except DecodeError:
            return fail(start_response, "422 Unprocessable Content")
        return json_answer(start_response, receipt(number, order))
    return fail(start_response, "404 Not Found")
