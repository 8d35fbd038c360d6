"""Pyramid: imperative configuration; JSON and the order by msgspec."""

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPUnprocessableEntity
from pyramid.response import Response
from records import DecodeError, User, decode_order, encode, receipt


def plaintext(request):
    return Response("Hello, World!", content_type="text/plain")


def json_response(data):
    return Response(encode(data), content_type="application/json", charset=None)


def message(request):
    return json_response({"message": "Hello, World!"})


def user(request):
    number = int(request.matchdict["id"])
    return json_response(User(number, request.GET.get("q", "")))


def order(request):
    try:
        data = decode_order(request.body)
    except DecodeError as error:
        raise HTTPUnprocessableEntity(str(error)) from error
    return json_response(receipt(int(request.matchdict["id"]), data))


with Configurator() as config:
    config.add_route("plaintext", "/plaintext")
    config.add_view(plaintext, route_name="plaintext")
    config.add_route("json", "/json")
    config.add_view(message, route_name="json")
    config.add_route("user", r"/users/{id:\d+}")
    config.add_view(user, route_name="user")
    config.add_route("order", r"/orders/{id:\d+}")
    config.add_view(order, route_name="order", request_method="POST")
    app = config.make_wsgi_app()
