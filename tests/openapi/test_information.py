"""What is said of an API as a whole."""

import pytest

from segue.openapi import Information


@pytest.mark.feature("M-062")
def test_everything_that_is_said_is_in_it(app, build):
    made = build(
        app,
        version="3",
        summary="S",
        description="D",
        terms="https://example.org/terms",
        contact={"name": "Ann"},
        license="MIT",
        servers=["https://api.example.org", {"url": "/", "description": "Here."}],
        external_docs={"url": "https://example.org", "description": "More."},
    )

    assert made["info"] == {
        "title": "Shop",
        "summary": "S",
        "description": "D",
        "termsOfService": "https://example.org/terms",
        "contact": {"name": "Ann"},
        "license": {"name": "MIT"},
        "version": "3",
    }
    assert made["servers"] == [
        {"url": "https://api.example.org"},
        {"url": "/", "description": "Here."},
    ]
    assert made["externalDocs"] == {
        "url": "https://example.org",
        "description": "More.",
    }


def test_a_licence_may_say_more_than_its_name():
    made = Information(title="x", license={"name": "MIT", "identifier": "MIT"})

    assert made.info()["license"] == {"name": "MIT", "identifier": "MIT"}
