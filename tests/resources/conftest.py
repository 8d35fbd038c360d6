"""What the tests of resources have in common."""

import pytest


@pytest.fixture(params=["wsgi", "asgi", "rsgi"])
def protocol(request):
    """Name a protocol to serve over."""
    return request.param
