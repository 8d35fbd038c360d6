"""Bottle: function routes; JSON and the order by msgspec."""

from bottle import Bottle, HTTPResponse, request, response
from records import DecodeError, User, decode_order, encode, receipt

app = Bottle()


@app.get("/plaintext")
def plaintext():
    response.content_type = "text/plain; charset=UTF-8"
    return "Hello, World!"


@app.get("/json")
def message():
    response.content_type = "application/json"
    return encode({"message": "Hello, World!"})


@app.get("/users/<id:int>")
def user(id):
    response.content_type = "application/json"
    return encode(User(id, request.query.get("q", "")))


@app.post("/orders/<id:int>")
def order(id):
    try:
        data = decode_order(request.body.read())
    except DecodeError as error:
        return HTTPResponse(str(error), 422)
    response.content_type = "application/json"
    return encode(receipt(id, data))
