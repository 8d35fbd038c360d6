"""Falcon: WSGI resources; JSON and the order by msgspec, as Falcon's manual shows."""

import falcon
from records import DecodeError, User, decode_order, encode, receipt


class Plaintext:
    def on_get(self, req, resp):
        resp.content_type = falcon.MEDIA_TEXT
        resp.text = "Hello, World!"


class Message:
    def on_get(self, req, resp):
        resp.data = encode({"message": "Hello, World!"})


class Users:
    def on_get(self, req, resp, id):
        resp.data = encode(User(id, req.get_param("q", default="")))


class Orders:
    def on_post(self, req, resp, id):
        try:
            data = decode_order(req.bounded_stream.read())
        except DecodeError as error:
            raise falcon.HTTPUnprocessableEntity(description=str(error)) from error
        resp.data = encode(receipt(id, data))


app = falcon.App()
app.add_route("/plaintext", Plaintext())
app.add_route("/json", Message())
app.add_route("/users/{id:int}", Users())
app.add_route("/orders/{id:int}", Orders())
