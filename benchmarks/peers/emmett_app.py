"""Emmett55: routes with converters; JSON and the order by msgspec."""

from emmett55 import App, request, response
from records import DecodeError, User, decode_order, encode, receipt

app = App(__name__)


@app.route("/plaintext", methods="get", output="str")
async def plaintext():
    response.headers["content-type"] = "text/plain; charset=utf-8"
    return "Hello, World!"


@app.route("/json", methods="get", output="bytes")
async def message():
    response.headers["content-type"] = "application/json"
    return encode({"message": "Hello, World!"})


@app.route("/users/<int:id>", methods="get", output="bytes")
async def user(id):
    response.headers["content-type"] = "application/json"
    return encode(User(id, request.query_params.q or ""))


@app.route("/orders/<int:id>", methods="post", output="bytes")
async def order(id):
    response.headers["content-type"] = "application/json"
    try:
        data = decode_order(await request.body)
    except DecodeError as error:
        response.status = 422
        return str(error).encode()
    return encode(receipt(id, data))
