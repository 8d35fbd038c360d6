"""A client of a wide app, compiled strictly and used against the running app."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docpages
import pytest
from selenium import webdriver
from selenium.webdriver.support.ui import WebDriverWait
from test_write import HOSTILE, hostile

from segue.clients import write_typescript
from segue.testing.live import LiveServer

pytestmark = pytest.mark.service("node")

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TSC = HERE / "node_modules" / "typescript" / "bin" / "tsc"
RUNTIME = ROOT / "src" / "segue" / "clients" / "runtime"
STRICT = {
    "strict": True,
    "exactOptionalPropertyTypes": True,
    "noUncheckedIndexedAccess": True,
    "noUnusedLocals": True,
    "noUnusedParameters": True,
    "noImplicitReturns": True,
    "noImplicitOverride": True,
    "noPropertyAccessFromIndexSignature": True,
    "noFallthroughCasesInSwitch": True,
    "erasableSyntaxOnly": True,
    "isolatedModules": True,
    "verbatimModuleSyntax": True,
    "skipLibCheck": True,
    "target": "ES2022",
    "module": "ESNext",
    "moduleResolution": "bundler",
    "typeRoots": [str(HERE / "node_modules" / "@types")],
}
BROWSER = {"lib": ["ES2022", "DOM", "DOM.Iterable"], "types": []}
NODE = {"lib": ["ES2022"], "types": ["node"]}


@pytest.fixture(scope="module", autouse=True)
def node() -> str:
    program = shutil.which("node")
    if program is None or not TSC.exists():
        pytest.skip("node, or TypeScript in tests/clients/node_modules, is missing")
    version = subprocess.run(
        [program, "--version"], capture_output=True, text=True, check=True
    ).stdout
    if int(version.strip("v").split(".")[0]) < 20:
        pytest.skip(f"node {version} is older than 20")
    return program


def run(*command: str | Path, folder: Path) -> str:
    done = subprocess.run(
        list(map(str, command)),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def compile_files(folder: Path, files: list[str], **options: Any) -> str:
    """Type-check files, and write JavaScript where an outDir is among the options."""
    config = {"compilerOptions": {**STRICT, "noEmit": True, **options}, "files": files}
    path = folder / "tsconfig.json"
    path.write_text(json.dumps(config), encoding="utf-8")
    return run("node", TSC, "-p", path, folder=folder)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with clients, the runtime by itself, and the programs that use it."""
    folder = tmp_path_factory.mktemp("web")
    for path in (HERE / "calls.ts", HERE / "wrong.ts", *RUNTIME.glob("*.ts")):
        shutil.copy(path, folder)
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    command = [sys.executable, "-m", "segue"]
    write = ["client", "ts", "--out"]
    run(*command, "--app", "wide_app:app", *write, folder / "api.ts", folder=HERE)
    run(*command, *write, folder / "orders.ts", folder=ROOT / "examples" / "orders")
    return folder


@pytest.fixture(scope="module")
def server(project: Path) -> Iterator[LiveServer]:
    compile_files(project, ["calls.ts", "wrong.ts"], **NODE, noEmit=False, outDir="js")
    page = '<!doctype html><script type="module" src="calls.js"></script>'
    (project / "js" / "index.html").write_text(page, encoding="utf-8")
    environ = {"WIDE_APP_FILES": str(project / "js")}
    with LiveServer(
        "wide_app:app", folder=HERE, ready="/nothing", environ=environ
    ) as server:
        yield server


@pytest.fixture(scope="module")
def results(project: Path, server: LiveServer) -> dict[str, Any]:
    printed = run(
        "node", "--experimental-websocket", "js/calls.js", server.url, folder=project
    )
    found: dict[str, Any] = json.loads(printed)
    return found


@pytest.mark.feature("M-066")
@pytest.mark.parametrize("lib", [BROWSER, NODE], ids=["browser", "node"])
def test_the_clients_and_the_runtime_compile_strictly(project, lib):
    parts = [path.name for path in RUNTIME.glob("*.ts")]

    compile_files(project, ["api.ts", "orders.ts", *parts], **lib)


def test_documents_with_hostile_words_compile(tmp_path):
    files = {f"hostile{n}.ts": hostile(word) for n, word in enumerate(HOSTILE)}
    for name, content in files.items():
        (tmp_path / name).write_text(write_typescript(content), encoding="utf-8")

    compile_files(tmp_path, list(files), **BROWSER)


THING = {
    "id": 7,
    "colour": "dark blue",
    "price": "1.50",
    "made": "2026-01-02T03:04:05Z",
    "day": "2026-01-02",
    "pet": {"type": "cat", "lives": 9},
    "tree": {"name": "root", "children": [{"name": "leaf", "children": []}]},
    "place": [1.5, 2.5],
    "counts": {"a": 1, "__proto__": 2},
    "error": {"text": "none"},
    "from": "here",
    "note": None,
    "data": "AP8=",
    "size": "m",
}
EXPECTED: dict[str, Any] = {
    "thing": THING,
    "all values": "t-1;red,dark blue;a%b",
    "cookie": 'thrown: TypeError: show_thing: the cookie crumb cannot be "a; b=c"',
    "discriminated": [9, 4, True],
    "not found": [
        404,
        "There is no thing 404.",
        "show_thing",
        "show_thing: 404 There is no thing 404.",
        "ApiError",
    ],
    "input": [["body", "$.colour"], ["body", "$.count"]],
    "own problem": 3,
    "undeclared error": ["Internal Server Error", "string"],
    "absent and null": [False, None],
    "answer": ["LATER", "1.0", "There is no thing 404.", "application/problem+json"],
    "no content": True,
    "path": "a b/ü?#%2F/c",
    "path up": 'thrown: TypeError: read_file: the path cannot have "a/../b" as path',
    "path of two": 'thrown: TypeError: chat: the path cannot have "a/b" as room',
    "path empty": 'thrown: TypeError: read_file: the path cannot have "" as path',
    "upload": {"name": "a.png", "size": "5", "caption": "é", "tags": "x,y"},
    "form": "ann & bob True",
    "bytes": [255, 2, 1, 3],
    "page": "<p>page</p>",
    "headers": ["Bearer token", "Basic own"],
    "timeout": [True, "TimeoutError: slow: no answer within 50 ms"],
    "signal": "thrown: Error: enough",
    "signal before": "thrown: Error: never",
    "unexpected": [
        True,
        "UnexpectedAnswerError: show_thing: 200 came as text/html",
    ],
    "no problem document": "bad gateway",
    "no server": True,
    "lines": [[0, "\u2028"], [1, "\u2028"]],
    "some lines": 5,
    "lines error": "count",
    "events": ["0é", "1é", "2é", "3é", "4é", "5é"],
    "events with ids": [["3", "item", 3], ["4", "item", 4], ["5", "item", 5]],
    "events after a break": [0, 1, 2, 3, 4, 5, 6, 4],
    "events in pieces of any size": [
        [
            {"data": {"number": 1, "text": "é\u2028🎈"}, "event": "message", "id": ""},
            {"data": {"number": 2, "text": ""}, "event": "message", "id": ""},
        ]
    ],
    "events that only begin to go on": ["", "7", "7"],
    "events that are no JSON": True,
    "lines of windows without an end": [1, 2],
    "a stream of another type": "UnexpectedAnswerError: lines: 200 came as text/html",
    "events error": "No such topic.",
    "events stopped": "thrown: Error: enough",
    "socket": ["HELLO", "a b", "AGAIN", {"code": 1000, "reason": "bye"}],
    "socket of bytes": [3, 2, 1, 1000],
    "socket of a wrong type": 1007,
    "socket that is not there": True,
    "socket stopped": "closed",
}


@pytest.mark.feature("M-066")
@pytest.mark.parametrize("name", EXPECTED)
def test_a_call_against_the_running_app(results, name):
    assert results[name] == EXPECTED[name]


@pytest.mark.service("chromium")
def test_the_same_calls_in_a_browser(server):
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        pytest.skip("chromium or chromedriver is not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for word in ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"):
        options.add_argument(word)
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    try:
        driver.get(f"{server.url}/web/index.html")
        script = "return globalThis.results"
        printed = WebDriverWait(driver, 60).until(lambda d: d.execute_script(script))
    finally:
        driver.quit()

    # The cookies are the browser's own.
    expected = {**EXPECTED, "all values": "t-1;red,dark blue;"}
    assert json.loads(printed) == expected


def test_every_call_is_looked_at(results):
    names = re.findall(r'note\("([^"]+)"', (HERE / "calls.ts").read_text("utf-8"))

    assert sorted(names) == sorted(EXPECTED) == sorted(results)


@pytest.fixture(scope="module")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the app, its client and the programs of the guide."""
    folder = tmp_path_factory.mktemp("guide")
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    for block in docpages.blocks(ROOT / "docs" / "guides" / "clients.md"):
        if block.file:
            (folder / Path(block.file).name).write_text(block.text, encoding="utf-8")
    run(
        *(sys.executable, "-m", "segue", "--app", "app:app", "client", "ts"),
        *("--out", "api.ts"),
        folder=folder,
    )
    return folder


def test_the_guide_compiles_and_runs(guide):
    programs = sorted(path.stem for path in guide.glob("*.ts") if path.stem != "api")
    for path in guide.glob("*.ts"):
        text = path.read_text("utf-8").replace('"./api"', '"./api.js"')
        path.write_text(text, encoding="utf-8")
    main = "".join(f'export * from "./{name}.js";\n' for name in programs)
    (guide / "main.ts").write_text(main, encoding="utf-8")
    script = (
        "globalThis.fetch = ((old) => (url, init) => old("
        'url.replace("http://127.0.0.1:8000", process.argv[2]), init))(fetch);\n'
        "globalThis.WebSocket = ((Old) => class extends Old { constructor(url, p) {"
        'super(url.replace("ws://127.0.0.1:8000", process.argv[2]'
        '.replace("http", "ws")), p); } })(WebSocket);\n'
        'const all = await import("./js/main.js");\n'
        "console.log(JSON.stringify({ ...all }));\n"
        "process.exit(0);\n"
    )
    (guide / "run.js").write_text(script, encoding="utf-8")
    compile_files(guide, ["main.ts"], **NODE, noEmit=False, outDir="js")

    with LiveServer("app:app", folder=guide, ready="/orders/1") as server:
        printed = run(
            "node", "--experimental-websocket", "run.js", server.url, folder=guide
        )

    assert programs == ["calls", "chat", "errors", "streams"]
    assert json.loads(printed) == {
        "photo": "blob: front",
        "placed": {"id": 8, "title": "Emma", "price": "9.90", "note": None},
        "texts": ["a: hello"],
        "said": ["3 are left", "There is no such order."],
        "titles": ["Emma", " 8.00"],
    }
