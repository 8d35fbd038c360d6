"""Tornado on its own server, with uvloop; JSON and the order by msgspec."""

import asyncio
import sys

import uvloop
from records import DecodeError, User, decode_order, encode, receipt
from tornado.web import Application, RequestHandler


class Plaintext(RequestHandler):
    def get(self):
        self.set_header("content-type", "text/plain; charset=utf-8")
        self.write("Hello, World!")


class Message(RequestHandler):
    def get(self):
        self.set_header("content-type", "application/json")
        self.write(encode({"message": "Hello, World!"}))


class Users(RequestHandler):
    def get(self, id):
        self.set_header("content-type", "application/json")
        self.write(encode(User(int(id), self.get_query_argument("q", ""))))


class Orders(RequestHandler):
    def post(self, id):
        try:
            data = decode_order(self.request.body)
        except DecodeError as error:
            self.set_status(422)
            self.write(str(error))
            return
        self.set_header("content-type", "application/json")
        self.write(encode(receipt(int(id), data)))


def build() -> Application:
    return Application(
        [
            (r"/plaintext", Plaintext),
            (r"/json", Message),
            (r"/users/(\d+)", Users),
            (r"/orders/(\d+)", Orders),
        ],
        log_function=lambda handler: None,
    )


async def main() -> None:
    build().listen(int(sys.argv[1]), "127.0.0.1")
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main())
