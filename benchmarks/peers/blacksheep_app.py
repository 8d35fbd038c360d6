"""BlackSheep: typed path and query; JSON and the order by msgspec."""

from blacksheep import Application, Content, FromQuery, Request, Response, get, post, text
from records import DecodeError, User, decode_order, encode, receipt

app = Application(show_error_details=False)


def json_response(data):
    return Response(200, None, Content(b"application/json", encode(data)))


@get("/plaintext")
async def plaintext():
    return text("Hello, World!")


@get("/json")
async def message():
    return json_response({"message": "Hello, World!"})


@get("/users/{int:id}")
async def user(id: int, q: FromQuery[str]):
    return json_response(User(id, q.value))


@post("/orders/{int:id}")
async def order(request: Request, id: int):
    try:
        data = decode_order(await request.read())
    except DecodeError as error:
        return text(str(error), 422)
    return json_response(receipt(id, data))
