"""`segue openapi`."""

import json
import sys

import pytest
from click.testing import CliRunner

from segue.cli.main import cli

APP = """
from segue import App
from segue.openapi import OpenAPI

app = App()
app.use(OpenAPI(title="Shop"), OpenAPI(title="Other", path="/other.json", docs=None))


@app.get("/x")
def x(page: int = 1) -> str: ...
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "app.py").write_text(APP, encoding="utf-8")
    monkeypatch.delitem(sys.modules, "app", raising=False)

    def run(*words):
        return CliRunner().invoke(cli, ["openapi", *words])

    yield run
    sys.modules.pop("app", None)


@pytest.mark.feature("M-062")
def test_it_prints_the_document(run):
    result = run()

    assert result.exit_code == 0
    document = json.loads(result.output)
    assert document["info"]["title"] == "Shop"
    assert list(document["paths"]) == ["/x"]
    assert result.output.endswith("}\n")


def test_it_writes_the_document(run, tmp_path):
    result = run("--out", "openapi.json")

    assert (result.exit_code, result.output) == (0, "")
    written = (tmp_path / "openapi.json").read_text(encoding="utf-8")
    assert json.loads(written)["info"]["title"] == "Shop"


def test_of_several_documents_one_is_chosen(run):
    assert json.loads(run("--path", "/other.json").output)["info"]["title"] == "Other"


def test_a_path_without_a_document_is_an_error(run):
    result = run("--path", "/x.json")

    assert result.exit_code == 1
    assert "SG-OAPI-006" in result.output
    assert "/openapi.json, /other.json" in result.output


def test_a_file_that_is_the_document_passes(run):
    run("--out", "openapi.json")

    result = run("--check", "openapi.json")

    assert (result.exit_code, result.output) == (0, "")


def test_a_file_that_is_not_the_document_is_told_with_the_difference(run, tmp_path):
    file = tmp_path / "openapi.json"
    run("--out", "openapi.json")
    document = json.loads(file.read_text(encoding="utf-8"))
    document["paths"]["/x"]["get"]["parameters"][0]["name"] = "size"
    file.write_text(json.dumps(document), encoding="utf-8")

    result = run("--check", "openapi.json")

    assert result.exit_code == 1
    assert "SG-OAPI-008" in result.output
    assert '-            "name": "size"' in result.output
    assert '+            "name": "page"' in result.output
    assert len(result.output.splitlines()) < 30


@pytest.mark.parametrize("text", [None, "no JSON"])
def test_a_file_that_cannot_be_read_is_an_error(run, tmp_path, text):
    if text is not None:
        (tmp_path / "openapi.json").write_text(text, encoding="utf-8")

    result = run("--check", "openapi.json")

    assert result.exit_code == 1
    assert "SG-OAPI-007" in result.output
