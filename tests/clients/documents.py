"""Small documents for the tests of the generator."""


def document(paths=None, schemas=None, **more):
    return {
        "openapi": "3.1.0",
        "info": {"title": "Shop", "version": "1"},
        "paths": paths or {},
        "components": {"schemas": schemas or {}},
        **more,
    }


def get(path="/things", status="200", content=None, **operation):
    """A document with one operation."""
    response = {"description": ""}
    if content is not None:
        response["content"] = content
    said = {"operationId": "show", "responses": {status: response}, **operation}
    return document({path: {"get": said}})


def json_of(schema):
    return {"application/json": {"schema": schema}}
