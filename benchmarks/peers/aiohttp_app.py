"""aiohttp on its own server, with uvloop; JSON and the order by msgspec."""

import sys

import uvloop
from aiohttp import web
from records import DecodeError, User, decode_order, encode, receipt

routes = web.RouteTableDef()


def json_response(data):
    return web.Response(body=encode(data), content_type="application/json")


@routes.get("/plaintext")
async def plaintext(request):
    return web.Response(text="Hello, World!")


@routes.get("/json")
async def message(request):
    return json_response({"message": "Hello, World!"})


@routes.get(r"/users/{id:\d+}")
async def user(request):
    data = User(int(request.match_info["id"]), request.query.get("q", ""))
    return json_response(data)


@routes.post(r"/orders/{id:\d+}")
async def order(request):
    try:
        data = decode_order(await request.read())
    except DecodeError as error:
        return web.Response(text=str(error), status=422)
    return json_response(receipt(int(request.match_info["id"]), data))


if __name__ == "__main__":
    app = web.Application()
    app.add_routes(routes)
    web.run_app(
        app,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        access_log=None,
        print=None,
        loop=uvloop.new_event_loop(),
    )
