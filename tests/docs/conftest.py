"""The models of a page are gone when the page is done."""

import pytest

from segue.db import Model


@pytest.fixture(autouse=True)
def models():
    Model.__registry__.__init__()
    Model.__registry__.root = Model
    yield
    Model.__registry__.__init__()
    Model.__registry__.root = Model
