"""The command line: what to measure, how long, and where the results go."""

import argparse
import io
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from measure.machine import about
from measure.outcome import Outcome, read_outcome, write_outcome
from measure.places import PYTHON, RESULTS
from measure.questions import Question, only
from measure.report_http import report_http, report_threads
from measure.report_inside import (
    report_import,
    report_router,
    report_streams,
    report_walk,
)
from measure.roster import ROSTER, STREAMERS, THREADED, choose
from measure.router import measure_router
from measure.serving import Bench, measure_peers
from measure.startup import measure_import
from measure.streams import measure_streams
from measure.walk import gate_held, measure_walk

__all__ = ["main"]

REPORTS: dict[str, Callable[[Outcome], dict[str, str]]] = {
    "walk": report_walk,
    "import": report_import,
    "http": report_http,
    "threads": report_threads,
    "streams": report_streams,
    "router": report_router,
}
THREAD_QUESTIONS = [
    Question("plaintext", "/plaintext", "returns at once", "Hello, World!"),
    Question("sleep", "/sleep", "blocks for 10 ms", "Hello, World!"),
]


def main(arguments: list[str]) -> int:
    """Run what the command line asks for; report and go on when a part fails.

    Returns:
        1 when an experiment broke, or `--gate` was given and the gate is not held.
    """
    options = parse(arguments)
    prepare_process()
    folder = RESULTS / "quick" if options.quick else RESULTS
    if options.out:
        folder = Path(options.out)
    names = list(REPORTS) if options.what in {"all", "report"} else [options.what]
    if options.what == "report":
        redraw(names, folder)
        return 0
    require_tools()
    start = time.monotonic()
    good = [measure(name, options, arguments, folder) for name in names]
    print(f"total: {time.monotonic() - start:,.0f} s; results in {folder}")
    return 0 if all(good) else 1


def prepare_process() -> None:
    """Print line by line, also into a file; end servers when told to stop."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)
    # SystemExit unwinds the `with` blocks that end the servers; a plain SIGTERM not.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python benchmarks/run.py")
    parser.add_argument("what", choices=[*REPORTS, "all", "report"])
    add = parser.add_argument
    add("--peers", default="", help="comma-separated: segue,flask,bare ...")
    add("--requests", default="", help="comma-separated: plaintext,json,user,order")
    add("--rounds", type=int, help="default 3; walk 7, import 15; quick 1 to 3")
    add("--seconds", type=float, help="length of one run of wrk (default 2; quick 1)")
    add("--warm", type=float, help="seconds of load before each run (default 1)")
    add("--server-core", type=int, default=0)
    add("--client-core", type=int, default=1)
    add("--quick", action="store_true", help="only to see that everything works")
    add("--gate", action="store_true", help="walk: exit 1 when the gate is not held")
    add("--out", help="folder of the results (default benchmarks/results)")
    return parser.parse_args(arguments)


def require_tools() -> None:
    """Stop early, with what to do, when something is not installed."""
    if not PYTHON.exists():
        sys.exit("benchmarks/.venv is missing: run python benchmarks/setup.py")
    for program in ("wrk", "taskset"):
        if shutil.which(program) is None:
            sys.exit(f"{program} is not installed (a package of most systems)")


def measure(
    name: str, options: argparse.Namespace, arguments: list[str], folder: Path
) -> bool:
    """Measure one thing and write its results; False when it broke or missed."""
    print(f"== {name}")
    described = about(arguments)
    start = time.monotonic()
    try:
        outcome = take(name, options)
    # One experiment that breaks must not cost the hour of the others.
    except Exception as error:
        print(f"== {name} broke: {type(error).__name__}: {error}")
        return False
    outcome.about = described | {"seconds": round(time.monotonic() - start)}
    write_outcome(outcome, folder)
    write_report(outcome, folder)
    print(f"== {name}: {outcome.about['seconds']:,} s")
    return gate_held(outcome) if options.gate and name == "walk" else True


def take(name: str, options: argparse.Namespace) -> Outcome:
    """Call the measuring function of a name with its defaults filled in."""
    quick: bool = options.quick
    core: int = options.server_core
    match name:
        case "walk":
            return measure_walk(
                options.rounds or (2 if quick else 7), core, quick=quick
            )
        case "import":
            rounds = options.rounds or (3 if quick else 15)
            return measure_import(rounds, core, options.peers)
        case "router":
            rounds = options.rounds or (1 if quick else 5)
            return measure_router(rounds, core, options.peers, quick=quick)
        case "streams":
            seconds = options.seconds or (1.5 if quick else 5.0)
            peers = choose(STREAMERS, options.peers)
            return measure_streams(peers, options.rounds or 1, core, seconds)
        case "threads":
            peers = choose(THREADED, options.peers)
            return measure_peers(name, peers, THREAD_QUESTIONS, bench_of(options))
        case _:
            peers = choose(ROSTER, options.peers)
            questions = only(options.requests)
            return measure_peers(name, peers, questions, bench_of(options))


def bench_of(options: argparse.Namespace) -> Bench:
    """Fill in how long and how often wrk runs."""
    quick: bool = options.quick
    warm = options.warm if options.warm is not None else (0.0 if quick else 1.0)
    return Bench(
        options.rounds or (1 if quick else 3),
        options.seconds or (1.0 if quick else 2.0),
        warm,
        options.server_core,
        options.client_core,
    )


def write_report(outcome: Outcome, folder: Path) -> None:
    """Write the tables and charts of an outcome."""
    for file_name, text in REPORTS[outcome.name](outcome).items():
        (folder / file_name).write_text(text)


def redraw(names: list[str], folder: Path) -> None:
    """Make the tables and charts again from the readings that were kept."""
    for name in names:
        kept = folder / f"{name}.json"
        if kept.exists():
            write_report(read_outcome(kept), folder)
            print(f"{name}: {folder / name}.md")
