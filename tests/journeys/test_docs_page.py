"""The page of a document in a real browser: offline, under its own strict policy."""

import pytest

pytestmark = pytest.mark.service("chromium")
