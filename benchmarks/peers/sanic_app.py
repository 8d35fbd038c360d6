"""Sanic on its own server: typed path; JSON and the order by msgspec."""

import sys

from records import DecodeError, User, decode_order, encode, receipt
from sanic import HTTPResponse, Sanic, text

app = Sanic("bench", configure_logging=False)
app.config.ACCESS_LOG = False


@app.get("/plaintext")
async def plaintext(request):
    return text("Hello, World!")


@app.get("/json")
async def message(request):
    return HTTPResponse(
        encode({"message": "Hello, World!"}), content_type="application/json"
    )


@app.get("/users/<id:int>")
async def user(request, id):
    data = User(id, request.args.get("q", ""))
    return HTTPResponse(encode(data), content_type="application/json")


@app.post("/orders/<id:int>")
async def order(request, id):
    try:
        data = decode_order(request.body)
    except DecodeError as error:
        return text(str(error), 422)
    return HTTPResponse(encode(receipt(id, data)), content_type="application/json")


if __name__ == "__main__":
    app.run("127.0.0.1", int(sys.argv[1]), single_process=True, motd=False)
