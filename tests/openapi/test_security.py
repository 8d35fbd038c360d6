"""What credentials are read."""

import pytest

from segue import App, Controller, Group, get
from segue.core.errors import SegueError
from segue.openapi import ApiKey, Basic, Bearer, Flow, OAuth2, OpenIdConnect
from segue.openapi.security import Scheme, requirements_of

OAUTH = OAuth2(password=Flow(token="/token", scopes={"read": "Read."}))


class User: ...


@pytest.mark.feature("M-062")
@pytest.mark.parametrize(
    ("scheme", "key", "document"),
    [
        (Basic(), "basic", {"type": "http", "scheme": "basic"}),
        (Bearer(), "bearer", {"type": "http", "scheme": "bearer"}),
        (
            Bearer(format="JWT", name="to ken", description="From us."),
            "to_ken",
            {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "JWT",
                "description": "From us.",
            },
        ),
        (
            ApiKey(header="X-Key"),
            "X-Key",
            {"type": "apiKey", "in": "header", "name": "X-Key"},
        ),
        (
            ApiKey(query="key"),
            "key",
            {"type": "apiKey", "in": "query", "name": "key"},
        ),
        (
            OAUTH,
            "oauth2",
            {
                "type": "oauth2",
                "flows": {
                    "password": {"tokenUrl": "/token", "scopes": {"read": "Read."}}
                },
            },
        ),
        (
            OAuth2(
                authorization_code=Flow(authorize="/a", token="/t", refresh="/r"),
                client_credentials=Flow(token="/t"),
                implicit=Flow(authorize="/a"),
            ),
            "oauth2",
            {
                "type": "oauth2",
                "flows": {
                    "implicit": {"authorizationUrl": "/a", "scopes": {}},
                    "clientCredentials": {"tokenUrl": "/t", "scopes": {}},
                    "authorizationCode": {
                        "authorizationUrl": "/a",
                        "tokenUrl": "/t",
                        "refreshUrl": "/r",
                        "scopes": {},
                    },
                },
            },
        ),
        (
            OpenIdConnect(url="https://id.example.org"),
            "openIdConnect",
            {
                "type": "openIdConnect",
                "openIdConnectUrl": "https://id.example.org",
            },
        ),
    ],
)
def test_a_scheme_has_a_name_and_an_object(scheme, key, document):
    assert (scheme.key, scheme.document()) == (key, document)


@pytest.mark.parametrize("places", [{}, {"header": "a", "cookie": "b"}])
def test_a_key_is_in_one_place(places):
    with pytest.raises(SegueError, match="SG-OAPI-001"):
        ApiKey(**places)


def test_a_scheme_of_no_kind_has_no_object():
    with pytest.raises(NotImplementedError):
        Scheme().document()


def test_the_words_stay_on_the_function():
    @Basic()
    @OAUTH.needs("read")
    def guard(): ...

    assert [(r.scheme, r.scopes) for r in requirements_of(guard)] == [
        (OAUTH, ("read",)),
        (Basic(), ()),
    ]
    assert requirements_of(print) == ()


def test_guards_are_wanted_together_and_marks_of_one_are_a_choice(app, build):
    @Basic()
    @Bearer()
    def known() -> bool: ...

    @OAUTH.needs("read")
    def may() -> bool: ...

    app.add("/x", lambda: "", allow=[known, may])
    made = build(app)

    assert made["paths"]["/x"]["get"]["security"] == [
        {"bearer": [], "oauth2": ["read"]},
        {"basic": [], "oauth2": ["read"]},
    ]
    assert list(made["components"]["securitySchemes"]) == ["bearer", "oauth2", "basic"]


def test_a_provider_that_finds_nobody_may_be_content(app, build):
    @app.provide
    @ApiKey(query="key")
    def user(key: str = "") -> User: ...

    @app.get("/x")
    def f(user: User | None) -> str: ...

    operation = build(app)["paths"]["/x"]["get"]

    assert operation["security"] == [{"key": []}, {}]
    assert "parameters" not in operation


def test_middleware_methods_and_groups_may_read_credentials(app, build):
    @app.middleware
    @ApiKey(cookie="session")
    def session():
        yield

    class Things(Controller):
        @Basic()
        @get("/")
        def index(self) -> str: ...

    app.include(Things, "/things")

    operation = build(app)["paths"]["/things/"]["get"]

    assert operation["security"] == [{"basic": [], "session": []}]


def test_a_gateway_may_ask_for_every_operation(build):
    app = App()
    app.add("/x", lambda: "")

    made = build(app, security=[Bearer()])

    assert made["security"] == [{"bearer": []}]
    assert made["paths"]["/x"]["get"]["security"] == [{"bearer": []}]
    assert "401" in made["paths"]["/x"]["get"]["responses"]


def test_two_schemes_of_one_name_are_told_apart(app, build):
    @Bearer()
    def one() -> bool: ...

    @Bearer(format="JWT")
    def other() -> bool: ...

    first, second = Group(allow=one), Group(allow=other)
    first.add("/a", lambda: "")
    second.add("/b", lambda: "")
    app.include(first)
    app.include(second)

    assert list(build(app)["components"]["securitySchemes"]) == ["bearer", "bearer2"]
