"""Robyn on its own server; JSON and the order by msgspec."""

import os

from records import DecodeError, User, decode_order, encode, receipt
from robyn import Headers, Request, Response, Robyn

app = Robyn(__file__)
JSON = Headers({"content-type": "application/json"})
TEXT = Headers({"content-type": "text/plain; charset=utf-8"})


def json_response(data):
    return Response(200, JSON, encode(data))


@app.get("/plaintext")
async def plaintext(request: Request):
    return "Hello, World!"


@app.get("/json")
async def message(request: Request):
    return json_response({"message": "Hello, World!"})


@app.get("/users/:id")
async def user(request: Request):
    number = int(request.path_params["id"])
    return json_response(User(number, request.query_params.get("q", "")))


@app.post("/orders/:id")
async def order(request: Request):
    try:
        data = decode_order(request.body)
    except DecodeError as error:
        return Response(422, TEXT, str(error))
    return json_response(receipt(int(request.path_params["id"]), data))


if __name__ == "__main__":
    app.start(host="127.0.0.1", port=int(os.environ["BENCH_PORT"]))
