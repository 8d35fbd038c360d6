"""Flask: JSON by returning data; the order by msgspec, as Flask has no validation."""

from flask import Flask, Response, request
from records import DecodeError, decode_order, encode, receipt

app = Flask(__name__)


@app.get("/plaintext")
def plaintext():
    return Response("Hello, World!", mimetype="text/plain")


@app.get("/json")
def message():
    return {"message": "Hello, World!"}


@app.get("/users/<int:id>")
def user(id):
    return {"id": id, "q": request.args.get("q", "")}


@app.post("/orders/<int:id>")
def order(id):
    try:
        data = decode_order(request.get_data(cache=False))
    except DecodeError as error:
        return {"detail": str(error)}, 422
    return Response(encode(receipt(id, data)), mimetype="application/json")
