"""Load a server with wrk and say what one request cost it."""

import re
import subprocess
import tempfile
from dataclasses import dataclass

from measure.cpu import usage_of
from measure.questions import Question
from measure.server import Server

__all__ = ["BadLoad", "Reading", "load"]

CONNECTIONS = 32


class BadLoad(Exception):
    """wrk saw errors, so the figure would not be one of the work asked for."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One run: requests a second, and microseconds of CPU in the server for each."""

    rate: float
    micros: float
    requests: int


def load(server: Server, question: Question, seconds: float, core: int) -> Reading:
    """Run wrk on its own core for some seconds.

    The CPU is that of the server's whole process group, before and after. The kernel
    counts it in ticks of 10 ms, so two seconds are known to half a percent.

    Raises:
        BadLoad: Non-2xx answers, socket errors, or no answer at all.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(lua(question))
        script.flush()
        url = f"http://127.0.0.1:{server.port}{question.path}"
        duration = f"{max(1, round(seconds))}s"
        flags = ["-t1", f"-c{CONNECTIONS}", f"-d{duration}", "-s", script.name]
        before = usage_of(server.group)
        done = subprocess.run(
            ["taskset", "-c", str(core), "wrk", *flags, url],
            capture_output=True,
            text=True,
            check=False,
        )
        after = usage_of(server.group)
    return read(done.stdout + done.stderr, after.seconds - before.seconds)


def lua(question: Question) -> str:
    """Write the script that makes wrk send a question."""
    if not question.body:
        return 'wrk.method = "GET"\n'
    return (
        'wrk.method = "POST"\n'
        f"wrk.body = [==[{question.body}]==]\n"
        'wrk.headers["content-type"] = "application/json"\n'
    )


def read(output: str, seconds: float) -> Reading:
    """Read what wrk printed."""
    total = re.search(r"(\d+) requests in", output)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", output)
    if total is None or rate is None or int(total[1]) == 0:
        raise BadLoad(output.strip()[-300:] or "wrk printed nothing")
    for bad in ("Non-2xx or 3xx responses", "Socket errors"):
        if line := re.search(rf"{bad}.*", output):
            raise BadLoad(line[0])
    requests = int(total[1])
    return Reading(float(rate[1]), seconds / requests * 1e6, requests)
