"""Starlette: `Route`s with converters; JSON and the order by msgspec."""

from records import DecodeError, User, decode_order, encode, receipt
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route


async def plaintext(request):
    return PlainTextResponse("Hello, World!")


async def message(request):
    return Response(
        encode({"message": "Hello, World!"}), media_type="application/json"
    )


async def user(request):
    data = User(request.path_params["id"], request.query_params.get("q", ""))
    return Response(encode(data), media_type="application/json")


async def order(request):
    try:
        data = decode_order(await request.body())
    except DecodeError as error:
        return PlainTextResponse(str(error), status_code=422)
    body = encode(receipt(request.path_params["id"], data))
    return Response(body, media_type="application/json")


app = Starlette(
    routes=[
        Route("/plaintext", plaintext),
        Route("/json", message),
        Route("/users/{id:int}", user),
        Route("/orders/{id:int}", order, methods=["POST"]),
    ]
)
