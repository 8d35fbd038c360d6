from pyramid.config import Configurator
from pyramid.response import Response


def home(request):
    return Response("Hello, World!")


with Configurator() as config:
    config.add_route("home", "/")
    config.add_view(home, route_name="home")
    app = config.make_wsgi_app()
