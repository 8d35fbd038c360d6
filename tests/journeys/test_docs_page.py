"""The page of a document in a real browser: offline, under its own strict policy."""

import shutil
from collections.abc import Iterator

import pytest

from segue import App, Group
from segue.openapi import OpenAPI
from segue.testing.live import serve

pytestmark = pytest.mark.service("chromium")
