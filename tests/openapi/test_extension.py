"""OpenAPI on an app."""

import pytest

from segue import App, Group
from segue.core.errors import RouteError
from segue.openapi import OpenAPI
from segue.testing import Client


def guard() -> bool:
    return False


@pytest.mark.feature("M-062", "M-063")
def test_it_works_without_an_argument():
    app = App()
    app.use(OpenAPI())
    app.add("/x", lambda: "x", name="x")
    client = Client(app)

    document = client.get("/openapi.json").json()

    assert document["info"]["version"] == "0.1.0"
    assert list(document["paths"]) == ["/x"]
    assert client.get("/docs").status == 200


@pytest.mark.parametrize(
    ("module", "title"),
    [("app", "API"), ("__main__", "API"), ("book_shop.app", "Book shop")],
)
def test_the_title_is_the_name_of_the_module(module, title):
    code = "from segue.openapi import OpenAPI\nmade = OpenAPI()"
    names = {"__name__": module}
    exec(code, names)

    assert names["made"].information.title == title


def test_several_documents_have_a_part_each():
    app, v1, v2 = App(), Group("/v1"), Group("/v2")
    v1.add("/x", lambda: "1")
    v2.add("/x", lambda: "2")
    app.include(v1)
    app.include(v2)
    app.use(
        OpenAPI(title="One", path="/v1.json", docs="/v1/docs", include=v1),
        OpenAPI(title="Two", path="/v2.json", docs=None, include="/v2"),
    )
    client = Client(app)

    assert list(client.get("/v1.json").json()["paths"]) == ["/v1/x"]
    assert list(client.get("/v2.json").json()["paths"]) == ["/v2/x"]
    assert "One" in client.get("/v1/docs").text
    assert client.get("/docs").status == 404


def test_two_apps_have_documents_of_their_own():
    documents = []
    for name in ("a", "b"):
        app = App()
        app.use(OpenAPI())
        app.add(f"/{name}", lambda: "")
        documents.append(Client(app).get("/openapi.json").json())

    assert [list(each["paths"]) for each in documents] == [["/a"], ["/b"]]


@pytest.mark.feature("M-063")
def test_the_page_can_be_switched_off():
    app = App()
    app.use(OpenAPI(docs=None))

    assert Client(app).get("/docs").status == 404


def test_document_and_page_can_be_guarded():
    app = App()
    app.use(OpenAPI(allow=guard))
    client = Client(app)

    asset = app.map()["routes"][-1]["path"]
    statuses = [client.get(path).status for path in ("/openapi.json", "/docs", asset)]
    assert statuses == [403, 403, 403]


def test_another_page_may_take_its_place():
    class Mine:
        def setup(self, routes, path, document, title):
            routes.get(path)(lambda: f"{title} at {document}")

    app = App()
    app.use(OpenAPI(title="Shop", page=Mine()))

    assert Client(app).get("/docs").text == "Shop at /openapi.json"


def test_what_nobody_knows_is_an_error():
    with pytest.raises(RouteError, match="SG-OAPI-005") as raised:
        OpenAPI(path="openapi.json", docs="docs", licence="MIT")

    what = raised.value.problem.what
    assert "path='openapi.json'" in what
    assert "docs='docs'" in what
    assert "licence='MIT'" in what


def test_a_route_walks_no_step_more():
    def made(*extensions):
        app = App()
        app.use(*extensions)
        app.add("/x", lambda: "x")
        kernel = app.kernel
        route = next(each for each in kernel.table if str(each.pattern) == "/x")
        return kernel.entry_for(route)

    plain, told = made(), made(OpenAPI())

    assert told.call.source == plain.call.source
    assert told.is_plain is plain.is_plain is True
