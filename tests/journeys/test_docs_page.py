"""The page of a document in a real browser: offline, and under its strict policy."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import segue
from segue.testing.live import LiveServer

pytestmark = pytest.mark.service("chromium")

APP = """
from segue import App
from segue.openapi import OpenAPI

app = App()
app.use(OpenAPI(title="Shop"))


@app.get("/books/{id}")
def show(id: int) -> dict[str, int]:
    'Show a book.'
    return {"id": id}
"""


@pytest.fixture
def browser() -> Iterator[object]:
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        pytest.skip("chromium or chromedriver is not installed")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for word in (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ):
        options.add_argument(word)
    options.set_capability(
        "goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"}
    )
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    yield driver
    driver.quit()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "app.py").write_text(APP, encoding="utf-8")
    environ = {"PYTHONPATH": str(Path(segue.__file__).parents[1])}
    with LiveServer("app:app", folder=tmp_path, environ=environ) as server:
        yield server.url


def requested(browser):
    """List the addresses that were asked, over a network."""
    sent = [
        json.loads(entry["message"])["message"]
        for entry in browser.get_log("performance")
    ]
    urls = [
        each["params"]["request"]["url"]
        for each in sent
        if each["method"] == "Network.requestWillBeSent"
    ]
    return [url for url in urls if not url.startswith("data:")]


@pytest.mark.feature("M-063", "M-064")
def test_the_page_shows_the_api_and_asks_nobody_else(browser, site):
    from selenium.webdriver.support.ui import WebDriverWait

    browser.get(f"{site}/docs")
    wait = WebDriverWait(browser, 60)
    wait.until(lambda b: b.find_elements("css selector", ".opblock-summary-control"))
    browser.find_element("css selector", ".opblock-summary-control").click()
    wait.until(lambda b: b.find_elements("css selector", ".try-out__btn"))

    text = browser.find_element("tag name", "body").text
    assert "Shop" in text
    assert "Show a book" in text
    urls = requested(browser)
    assert f"{site}/openapi.json" in urls
    assert [url for url in urls if not url.startswith(site)] == []
    assert browser.get_log("browser") == []


@pytest.mark.feature("M-063")
def test_an_operation_can_be_tried_out(browser, site):
    from selenium.webdriver.support.ui import WebDriverWait

    browser.get(f"{site}/docs")
    wait = WebDriverWait(browser, 60)

    def find(selector):
        return wait.until(lambda b: b.find_element("css selector", selector))

    wait.until(lambda b: b.find_elements("css selector", ".opblock-summary-control"))
    find(".opblock-summary-control").click()
    wait.until(lambda b: b.find_elements("css selector", ".try-out__btn"))
    find(".try-out__btn").click()
    wait.until(lambda b: b.find_elements("css selector", ".parameters input"))
    find(".parameters input").send_keys("73")
    find(".execute").click()
    wait.until(lambda b: b.find_elements("css selector", ".live-responses-table"))

    assert '"id": 73' in find(".live-responses-table").text
