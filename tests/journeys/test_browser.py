"""What a developer sees in a real browser: the debug page, and the live reload."""

import os
import shutil
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

import segue
from segue.testing.live import free_port

pytestmark = pytest.mark.service("chromium")

APP = """
from segue import HTML, App

app = App()


@app.get("/")
def home():
    return HTML("<html><body><h1>first</h1></body></html>")


@app.get("/boom/{number}")
def boom(number: int):
    password = "hunter" + str(number)
    return 1 // 0
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
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    yield driver
    driver.quit()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    file = tmp_path / "app.py"
    file.write_text(APP)
    port = free_port()
    command = [sys.executable, "-m", "segue", "run", "--port", str(port)]
    source = Path(segue.__file__).parents[1]
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(source)},
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(url)
        yield url, file
    finally:
        process.terminate()
        process.wait(30)


def wait_for(url: str) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            threading.Event().wait(0.1)
    pytest.fail("the server did not start")


@pytest.mark.feature("M-199")
def test_the_debug_page_shows_the_failing_line_and_hides_secrets(browser, site):
    url, _ = site

    browser.get(f"{url}/boom/734")

    page = browser.find_element("tag name", "body").text
    assert "ZeroDivisionError" in page
    assert "return 1 // 0" in page
    assert "app.py" in page
    assert "hunter734" not in browser.page_source


@pytest.mark.feature("M-201", "M-202")
def test_an_open_page_loads_itself_anew_when_the_code_changes(browser, site):
    from selenium.webdriver.support.ui import WebDriverWait

    url, file = site
    browser.get(url)
    before = browser.find_element("tag name", "h1").text

    file.write_text(APP.replace("first", "second"))

    def has_changed(driver):
        found = driver.find_elements("tag name", "h1")
        return found and found[0].text == "second"

    assert before == "first"
    WebDriverWait(browser, 30, ignored_exceptions=[Exception]).until(has_changed)
