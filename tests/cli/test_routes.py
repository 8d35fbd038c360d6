"""`segue routes`."""

import json

import pytest

pytestmark = pytest.mark.feature("M-194")

APP = """
    from segue.app import App
    from segue.core.routing.predicates import header
    from segue.group import Group

    app = App()
    api = Group("/api", name="api")

    @app.get("/", host="{tenant}.example.org")
    def tenant_home(tenant: str):
        return tenant

    @api.route("/books/{id:int}", methods=["GET", "POST"])
    def book(id: int):
        return id

    @api.get("/new", when=header("x-version", "2"))
    def new():
        return "2"

    @app.websocket("/live")
    async def live(socket): ...

    app.include(api)
"""


def test_the_routes_are_printed_as_a_table(segue, project):
    project.write("app.py", APP)

    lines = segue("routes").output.splitlines()

    assert lines[0].split() == [
        "METHOD",
        "HOST",
        "PATH",
        "WHEN",
        "NAME",
        "HANDLER",
        "PLACE",
    ]
    assert any("GET,POST" in line and "/api/books/{id:int}" in line for line in lines)
    assert any("{tenant}.example.org" in line for line in lines)
    assert any("app.py:" in line and "api.new" in line for line in lines)


def test_the_routes_are_printed_as_json(segue, project):
    project.write("app.py", APP)

    routes = {
        route["path"]: route for route in json.loads(segue("routes", "--json").output)
    }

    assert routes["/api/books/{id:int}"]["methods"] == ["GET", "POST"]
    assert routes["/api/new"]["when"] == ["header x-version = 2"]
    assert routes["/"]["host"] == "{tenant}.example.org"
    assert routes["/"]["handler"] == "tenant_home"
    assert routes["/live"]["methods"] == ["WEBSOCKET"]
    assert routes["/api/new"]["place"].endswith("app.py:17")


def test_the_routes_below_a_path_are_printed(segue, project):
    project.write("app.py", APP)

    assert segue("routes", "/api").output.count("/api/") == 2
    assert (
        segue("routes", "/none").output
        == "The app has no route that begins with /none.\n"
    )


def test_an_app_without_routes_says_so(segue, project):
    project.write("app.py", "from segue.app import App\napp = App()\n")

    assert segue("routes").output == "The app has no route.\n"


def test_a_route_for_any_method_says_any(segue, project):
    project.write(
        "app.py",
        """
        from segue.app import App
        app = App()
        @app.route("/", methods=None)
        def home():
            return ""
        """,
    )

    assert "\nany " in segue("routes").output


def test_mistakes_of_the_app_are_told(segue, project):
    project.write(
        "app.py",
        """
        from segue.app import App
        app = App()
        @app.get("/")
        def one(): ...
        @app.get("/")
        def two(): ...
        """,
    )

    result = segue("routes")

    assert result.exit_code == 1
    assert "SG-ROUTE-003" in result.output
