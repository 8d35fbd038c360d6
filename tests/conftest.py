"""What every test of the project shares: the rows it proves, the services it needs.

* `--features FILE` writes the feature table from the tests that passed.
* With `SEGUE_CI=1` a test of a service that skips itself has failed: on the machine
  that decides, nothing may be missing.
"""

import os
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import features  # noqa: E402 - found through the line above

# A machine that is busy with something else is no failure of ours.
settings.register_profile("segue", deadline=None)
settings.load_profile("segue")

STRICT = os.environ.get("SEGUE_CI") == "1"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--features",
        metavar="FILE",
        type=Path,
        help="write the feature table from the tests that pass in this run",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("features") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Collector(config.getoption("features")))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        ids = {str(row) for mark in item.iter_markers("feature") for row in mark.args}
        report.user_properties.append(("features", sorted(ids)))
    expected = hasattr(report, "wasxfail")
    if (
        STRICT
        and report.skipped
        and not expected
        and item.get_closest_marker("service")
    ):
        report.outcome = "failed"
        report.longrepr = f"a service test was skipped: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if STRICT and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"a whole file of tests was skipped: {report.longrepr}"
    return report


class _Collector:
    """Writes the table from what passed, also when the tests ran in workers."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._proved: dict[str, set[features.Proof]] = {}
        self._failed: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        name = report.nodeid.split("[")[0]
        if report.failed:
            self._failed.add(name)
        if report.when == "call" and report.passed:
            path, _, test = name.partition("::")
            for row in dict(report.user_properties).get("features", []):
                self._proved.setdefault(row, set()).add(features.Proof(path, test))

    def pytest_sessionfinish(self) -> None:
        held = {
            row: kept
            for row, proofs in self._proved.items()
            if (kept := {p for p in proofs if "::".join(p) not in self._failed})
        }
        self._target.write_text(features.page(held), encoding="utf-8")
