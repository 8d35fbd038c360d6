"""`segue client ts`."""

import subprocess
import sys

import pytest

from segue import App
from segue.core.errors import CommandError
from segue.openapi import OpenAPI
from segue.openapi.clients import write_client

APP = """
from segue import App
from segue.openapi import OpenAPI

app = App()
app.use(OpenAPI(title="Shop"))

@app.get("/orders/{id}")
def show_order(id: int) -> dict[str, int]:
    return {"id": id}
"""


def segue(folder, *words):
    command = [sys.executable, "-m", "segue", "client", "ts", *words]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.mark.feature("M-066")
def test_an_app_with_a_document_has_the_command(tmp_path):
    app = tmp_path / "app.py"
    app.write_text(APP, encoding="utf-8")

    written = segue(tmp_path, "--out", "api.ts")
    same = segue(tmp_path, "--check", "api.ts")
    app.write_text(APP.replace("id: int", "id: int, verbose: bool = False"), "utf-8")
    other = segue(tmp_path, "--check", "api.ts")

    assert (written.returncode, written.stdout, written.stderr) == (0, "", "")
    assert (same.returncode, same.stdout, same.stderr) == (0, "", "")
    assert other.returncode == 1
    assert "\n+  verbose?: boolean | undefined;\n" in other.stdout
    assert other.stderr.startswith("SG-CLIENT-006  api.ts is not what the app says.\n")
    assert "Traceback" not in other.stderr


def test_an_app_without_a_document_has_not(tmp_path):
    app = APP.replace('app.use(OpenAPI(title="Shop"))', "")
    (tmp_path / "app.py").write_text(app, encoding="utf-8")

    done = segue(tmp_path)

    assert done.returncode == 2
    assert "No such command 'client'" in done.stderr


def test_a_client_of_one_of_several_documents(capsys):
    app = App()
    app.use(OpenAPI(title="One"), OpenAPI(title="Two", path="/2.json", docs=None))

    write_client(app, "ts", path="/2.json")

    assert capsys.readouterr().out.startswith("// A client of Two 0.1.0, ")


def test_a_document_that_is_not_served_is_told():
    app = App()
    app.use(OpenAPI(title="One"))

    with pytest.raises(CommandError) as caught:
        write_client(app, "ts", path="/2.json")

    assert caught.value.problem.code == "SG-OAPI-006"
