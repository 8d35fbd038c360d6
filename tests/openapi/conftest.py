"""What the tests of documents share."""

import json

import pytest

from segue import App
from segue.openapi import Information, build_document


@pytest.fixture
def app():
    """An app without anything."""
    return App()


@pytest.fixture
def build():
    """Build the document of an app."""

    def build(app, include=None, **about):
        made = build_document(app.kernel, Information(title="Shop", **about), include)
        assert '"?' not in json.dumps(made), "a reference was copied before its time"
        return made

    return build


@pytest.fixture
def operation(app, build):
    """Build the one operation that the app has."""

    def operation(path=None, method=None):
        paths = build(app)["paths"]
        item = paths[path or next(iter(paths))]
        return item[method or next(iter(item))]

    return operation
