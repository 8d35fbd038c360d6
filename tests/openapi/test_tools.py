"""What tools of others say of documents, and of apps that have them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from segue.testing.live import LiveServer

HERE = Path(__file__).parent
ORDERS = HERE.parents[1] / "examples" / "orders"
SOURCE = HERE.parents[1] / "src"
APPS = {
    "orders": (ORDERS, "x-api-key: seller-of-books"),
    "plain": (HERE, "authorization: Bearer staff"),
    "wide": (HERE, "x-nothing: x"),
}
# A form field that is given once is a list of one, and a file is any bytes: what is
# sent as the wrong type cannot be told from the right one.
CONFIG = """
[[operations]]
include-path-regex = "^/(login|photos|orders/.number./documents|parts)$"
checks.negative_data_rejection.enabled = false
"""


def document(name):
    """Print the document of an app in a process of its own."""
    folder, _ = APPS[name]
    target = "app:app" if name == "orders" else f"{name}_app:app"
    done = subprocess.run(
        [sys.executable, "-m", "segue", "--app", target, "openapi"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        check=True,
    )
    return done.stdout


@pytest.mark.feature("M-062")
@pytest.mark.parametrize("name", APPS)
def test_a_document_is_one_of_openapi(name):
    validator = pytest.importorskip("openapi_spec_validator").OpenAPIV31SpecValidator
    errors = list(validator(json.loads(document(name))).iter_errors())

    assert errors == []


@pytest.mark.service("schemathesis")
@pytest.mark.feature("M-062", "M-065")
@pytest.mark.parametrize("name", ["orders", "plain"])
def test_an_app_answers_as_its_document_says(name, tmp_path):
    pytest.importorskip("schemathesis")
    folder, header = APPS[name]
    (tmp_path / "schemathesis.toml").write_text(CONFIG, encoding="utf-8")
    target = "app:app" if name == "orders" else "plain_app:app"
    environ = {"PYTHONPATH": str(SOURCE)}

    with LiveServer(target, folder=folder, environ=environ) as server:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "run"),
                f"{server.url}/openapi.json",
                *("--max-examples", "10", "--header", header),
                *("--phases", "examples,coverage,fuzzing"),
                *("--generation-allow-x00", "false", "--generation-database", "none"),
                *("--seed", "1"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 0, done.stdout[-6000:] + done.stderr
