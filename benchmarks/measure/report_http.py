"""The document and the charts of `http` and `threads`."""

from dataclasses import dataclass

from measure.chart import Bar, bars
from measure.markdown import document, table
from measure.outcome import Cell, Outcome
from measure.questions import QUESTIONS
from measure.verdicts import best, compare, ratio, rows_of

__all__ = ["report_http", "report_threads"]

PYTHON_PEERS = (
    "flask",
    "django",
    "fastapi",
    "pyramid",
    "tornado",
    "bottle",
    "falcon",
    "starlette",
    "litestar",
    "blacksheep",
    "sanic",
    "aiohttp",
    "robyn",
    "emmett55",
)
NODE_PEERS = ("node", "fastify", "express")
ALLOWED = 1.15
"""Times the CPU of a bare callable on the same server that a request may cost."""


PLAIN = {"style": "sync", "protocol": "wsgi"}
COROUTINES = {"style": "async"}


@dataclass(frozen=True, slots=True)
class Match:
    """Whose rows are compared: peers, and which rows of ours and of theirs."""

    peers: tuple[str, ...]
    ours: dict[str, str]
    theirs: dict[str, str]


def names_of(outcome: Outcome) -> list[str]:
    """List the questions that were asked, in their usual order."""
    return [
        question.name
        for question in QUESTIONS
        if any(outcome.cell(label, question.name) for label in outcome.rows)
    ]


def report_http(outcome: Outcome) -> dict[str, str]:
    """Write `http.md` and one chart for each question."""
    names = names_of(outcome)
    parts = [
        (
            "CPU of the server's whole process group for one request, in microseconds:"
            " median of the rounds (lowest-highest). One worker pinned to one core, wrk"
            " with 32 keep-alive connections on the other. "
            "[README](../README.md) says how to read it."
        ),
        "\n\n".join(f"![{name}](http-{name}.svg)" for name in names),
        "## CPU per request, microseconds",
        cpu_table(outcome, names),
        "## Over a bare callable on the same server and protocol",
        bare_table(outcome, names),
        "## Against each peer on its best server",
        peer_table(outcome, names, Match(PYTHON_PEERS + NODE_PEERS, {}, {})),
        "Our plain functions on WSGI, against everybody:",
        peer_table(outcome, names, Match(PYTHON_PEERS + NODE_PEERS, PLAIN, {})),
        "Our coroutines, against theirs:",
        peer_table(outcome, names, Match(PYTHON_PEERS, COROUTINES, COROUTINES)),
        "## Requests per second",
        rate_table(outcome, names),
    ]
    title = "Four requests, served by everybody"
    files = {"http.md": document(title, outcome, parts)}
    for name in names:
        files[f"http-{name}.svg"] = chart(outcome, name)
    return files


def by_cost(outcome: Outcome, name: str) -> list[str]:
    """Sort the rows that have a figure, the cheapest first."""
    measured = [label for label in outcome.rows if outcome.cell(label, name)]
    return sorted(measured, key=lambda label: outcome.cell(label, name).middle)


def cpu_table(outcome: Outcome, names: list[str]) -> str:
    """Build the table that all others are made from."""
    rows = [
        [
            mark(outcome, label),
            *(outcome.cell(label, name).text() for name in names),
            outcome.cell(label, "memory").text(0),
        ]
        for label in by_cost(outcome, names[-1] if names else "")
    ]
    return table(["", *names, "memory, MB (PSS)"], rows)


def mark(outcome: Outcome, label: str) -> str:
    """Write our own rows bold."""
    return f"**{label}**" if outcome.rows[label]["family"] == "segue" else label


def rate_table(outcome: Outcome, names: list[str]) -> str:
    """Build the table of throughput."""
    rows = [
        [
            mark(outcome, label),
            *(outcome.cell(label, f"{name} rate").text(0) for name in names),
        ]
        for label in by_cost(outcome, names[-1] if names else "")
    ]
    return table(["", *names], rows)


def bare_table(outcome: Outcome, names: list[str]) -> str:
    """Divide each of our rows by the bare row of its server and protocol."""
    rows = []
    for label in rows_of(outcome, family="segue"):
        row = outcome.rows[label]
        twins = rows_of(
            outcome, family="bare", server=row["server"], protocol=row["protocol"]
        )
        if twins:
            rows.append(
                [
                    label,
                    *(
                        ratio(outcome.cell(label, name), outcome.cell(twins[0], name))
                        for name in names
                    ),
                ]
            )
    wanted = (
        f"Wanted: at most {ALLOWED} x where the handler needs no other thread. In"
        " brackets what the spread leaves possible."
    )
    return table(["segue", *names], rows) + "\n\n" + wanted


def peer_table(outcome: Outcome, names: list[str], match: Match) -> str:
    """Compare our best row with each peer's best row, question by question."""
    ours = rows_of(outcome, family="segue", **match.ours)
    rows = []
    for family in match.peers:
        theirs = rows_of(outcome, family=family, **match.theirs)
        cells = [peer_cell(outcome, name, ours, theirs) for name in names]
        if any(cell != "-" for cell in cells):
            rows.append([family, *cells])
    chosen = ", ".join(f"{name} {best(outcome, ours, name)}" for name in names)
    words = (
        "How many times a peer's CPU we use (below 1: we use less); `less` or `more`"
        f" only when the spreads do not touch. Our best row: {chosen}."
    )
    return table(["peer", *names], rows) + "\n\n" + words


def peer_cell(outcome: Outcome, name: str, ours: list[str], theirs: list[str]) -> str:
    """Write one comparison of best rows."""
    our_label, their_label = best(outcome, ours, name), best(outcome, theirs, name)
    if our_label is None or their_label is None:
        return "-"
    ours_cell, cell = outcome.cell(our_label, name), outcome.cell(their_label, name)
    times = ours_cell.middle / cell.middle
    return f"{times:.2f} {compare(ours_cell, cell)}".strip()


def chart(outcome: Outcome, name: str) -> str:
    """Draw the best rows of each family on each protocol, the cheapest on top."""
    question = next(each for each in QUESTIONS if each.name == name)
    rows = [
        bar_of(outcome, label, outcome.cell(label, name))
        for label in by_cost(outcome, name)
        if outcome.rows[label]["server"] != "gunicorn"
    ]
    title = f"{question.method} {question.path}: microseconds of CPU per request"
    return bars(title, f"{question.says}; less is better", rows)


def bar_of(outcome: Outcome, label: str, cell: Cell) -> Bar:
    """Turn a cell into a bar."""
    family = outcome.rows[label]["family"]
    kind = {"segue": "ours", "bare": "bare"}.get(family, "theirs")
    return Bar(label, cell.middle, cell.low, cell.high, kind)


def report_threads(outcome: Outcome) -> dict[str, str]:
    """Write `threads.md` and its chart."""
    rows = [
        [
            mark(outcome, label),
            outcome.cell(label, "plaintext").text(),
            outcome.cell(label, "plaintext rate").text(0),
            outcome.cell(label, "sleep rate").text(0),
            outcome.cell(label, "sleep").text(),
        ]
        for label in by_cost(outcome, "plaintext")
    ]
    headers = [
        "",
        "plaintext, us of CPU",
        "plaintext, requests/s",
        "10 ms sleep, requests/s",
        "10 ms sleep, us of CPU",
    ]
    parts = [
        (
            "What it costs to run a plain function beside the event loop, and what it"
            " gives: a handler that returns at once, and one that blocks for 10 ms (32"
            " connections can have at most 3,200 of those a second). `inline` runs on"
            " the loop, so it is not asked to block."
        ),
        table(headers, rows),
        "![threads](threads.svg)",
    ]
    drawn = [
        bar_of(outcome, label, outcome.cell(label, "plaintext"))
        for label in by_cost(outcome, "plaintext")
    ]
    title = "A handler that returns at once: microseconds of CPU per request"
    return {
        "threads.md": document("Plain functions on an event loop", outcome, parts),
        "threads.svg": bars(title, "sync: on a worker thread; less is better", drawn),
    }
