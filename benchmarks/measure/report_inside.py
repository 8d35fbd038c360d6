"""The documents of `walk`, `import`, `router` and `streams`."""

from measure.chart import Bar, bars
from measure.markdown import document, table
from measure.outcome import Cell, Outcome
from measure.questions import QUESTIONS
from measure.router import KINDS, SIZES
from measure.streams import SIZE
from measure.verdicts import ratio, rows_of
from measure.walk import LIMITS, PROTOCOLS

__all__ = ["report_import", "report_router", "report_streams", "report_walk"]

GROWTH_LIMIT = 20
"""MB that a stalled client may cost on WSGI and ASGI."""


def report_walk(outcome: Outcome) -> dict[str, str]:
    """Write `walk.md`: the gate, then all four requests, then the rivals."""
    names = [question.name for question in QUESTIONS]
    limits = ", ".join(f"{name} {limit:,}" for name, limit in LIMITS.items())
    parts = [
        (
            "Nanoseconds of CPU that a request costs over a bare callable doing the"
            " same work, called in process without a server: median of the rounds"
            " (lowest-highest), each round the least disturbed batch of a fresh"
            " process."
        ),
        f"## The gate: at most {limits}",
        gate_table(outcome),
        "## All four requests, nanoseconds over bare",
        over_table(outcome, names),
        "## The whole, nanoseconds (the stand-in for the server included)",
        whole_table(outcome, names),
    ]
    drawn = [
        bar_of(outcome, label, f"{name} over", f"{label}, {name}")
        for name in LIMITS
        for label in outcome.rows
        if outcome.rows[label]["family"].startswith("segue")
        and outcome.cell(label, f"{name} over")
    ]
    title = "Nanoseconds of CPU over a bare callable"
    return {
        "walk.md": document("The walk, without a server", outcome, parts),
        "walk.svg": bars(title, f"allowed: {limits}", drawn, digits=0),
    }


def gate_table(outcome: Outcome) -> str:
    """Say for each protocol and colour whether the gate is held."""
    rows = []
    for label in ours(outcome):
        cells = [label]
        for name, limit in LIMITS.items():
            cell = outcome.cell(label, f"{name} over")
            held = "-" if not cell else "yes" if cell.middle <= limit else "**no**"
            cells += [cell.text(0), held]
        frames = outcome.cell(label, "frames")
        rows.append([*cells, frames.text(0)])
    headers = [""]
    for name in LIMITS:
        headers += [name, "held"]
    return table([*headers, "frames above the handler"], rows)


def ours(outcome: Outcome) -> list[str]:
    """List our rows."""
    return [
        label
        for label, row in outcome.rows.items()
        if row["family"].startswith("segue")
    ]


def over_table(outcome: Outcome, names: list[str]) -> str:
    """Build the table of differences, ours and the rivals'."""
    rows = []
    for protocol in PROTOCOLS:
        labels = rows_of(outcome, protocol=protocol)
        for label in labels:
            cells = [outcome.cell(label, f"{name} over").text(0) for name in names]
            if any(cell != "-" for cell in cells):
                rows.append([label, *cells])
    return table(["", *names], rows)


def whole_table(outcome: Outcome, names: list[str]) -> str:
    """Build the table of absolute figures."""
    rows = [
        [label, *(outcome.cell(label, name).text(0) for name in names)]
        for protocol in PROTOCOLS
        for label in rows_of(outcome, protocol=protocol)
    ]
    return table(["", *names], rows)


def bar_of(outcome: Outcome, label: str, quantity: str, shown: str) -> Bar:
    """Turn a cell into a bar."""
    cell = outcome.cell(label, quantity)
    family = outcome.rows[label]["family"]
    kind = "ours" if family.startswith("segue") else "theirs"
    kind = "bare" if family in {"bare", "python"} else kind
    return Bar(shown, cell.middle, cell.low, cell.high, kind)


def least(cell: Cell) -> Cell:
    """Keep the best of all readings: a start can only be disturbed upwards."""
    return Cell([cell.low]) if cell else cell


def report_import(outcome: Outcome) -> dict[str, str]:
    """Write `import.md` and its two charts."""
    order = sorted(outcome.rows, key=lambda name: outcome.cell(name, "hello").low)
    rows = [
        [
            name,
            least(outcome.cell(name, "import")).text(),
            least(outcome.cell(name, "hello")).text(),
            least(outcome.cell(name, "process")).text(),
            outcome.cell(name, "memory").text(),
            {"none": "no"}.get(outcome.rows[name]["kind"], "yes"),
        ]
        for name in order
    ]
    headers = [
        "",
        "`import`, ms of CPU",
        "hello world, ms of CPU",
        "whole process, ms",
        "memory, MB",
        "asked once",
    ]
    parts = [
        (
            "The best of all rounds, each a fresh process with its byte code on disk;"
            " memory is what is resident at the end, the median. `hello world` is"
            " importing the framework, building a one-route application and (where"
            " that is possible without its own server) asking it once. Some root"
            " packages import little until a name is used: compare `hello world`."
        ),
        table(headers, rows),
        claims(outcome),
        "![import](import.svg)",
        "![memory](memory.svg)",
    ]
    drawn = [
        Bar(name, cell.low, cell.low, cell.low, bar_of(outcome, name, "hello", "").kind)
        for name in order
        if (cell := outcome.cell(name, "hello"))
    ]
    heavy = sorted(order, key=lambda name: outcome.cell(name, "memory").middle)
    weighed = [bar_of(outcome, name, "memory", name) for name in heavy]
    return {
        "import.md": document("Import time and memory", outcome, parts),
        "import.svg": bars(
            "From nothing to the first answer: milliseconds of CPU",
            "less is better",
            drawn,
        ),
        "memory.svg": bars("Hello world: MB resident", "less is better", weighed),
    }


def claims(outcome: Outcome) -> str:
    """Answer the two questions the table is made for."""
    lines = []
    for rival, quantity, digits in (("bottle", "import", 1), ("flask", "memory", 1)):
        mine, theirs = outcome.cell("segue", quantity), outcome.cell(rival, quantity)
        if mine and theirs:
            lines.append(
                f"* {quantity}: segue {mine.low:.{digits}f}, {rival}"
                f" {theirs.low:.{digits}f} ({mine.low / theirs.low:.2f} times)"
            )
    return "\n".join(lines)


def report_router(outcome: Outcome) -> dict[str, str]:
    """Write `router.md` and its chart."""
    parts = [
        (
            "Microseconds of CPU for a whole request in process, without a server; half"
            " of the routes static, half with an int; ten of each, spread over the"
            " table, asked in turn. `start` is building the application and its first"
            " answer. Rivals are measured in one round only."
        ),
    ]
    for kind in KINDS:
        headers = ["", *(f"{size:,} routes" for size in SIZES), "10,000 / 10"]
        rows = [
            [
                name,
                *(outcome.cell(name, f"{kind} {size}").text(1) for size in SIZES),
                ratio(
                    outcome.cell(name, f"{kind} {SIZES[-1]}"),
                    outcome.cell(name, f"{kind} {SIZES[0]}"),
                ),
            ]
            for name in outcome.rows
        ]
        parts += [f"## {kind.capitalize()} routes", table(headers, rows)]
    starts = [
        [name, *(outcome.cell(name, f"start {size}").text(2) for size in SIZES)]
        for name in outcome.rows
    ]
    headers = ["seconds", *(f"{size:,} routes" for size in SIZES)]
    parts += ["## Start", table(headers, starts), "![router](router.svg)"]
    largest = f"dynamic {SIZES[-1]}"
    measured = [name for name in outcome.rows if outcome.cell(name, largest)]
    measured.sort(key=lambda name: outcome.cell(name, largest).middle)
    drawn = [bar_of(outcome, name, largest, name) for name in measured]
    title = "One of 10,000 routes with an int: microseconds of CPU per request"
    return {
        "router.md": document("Many routes", outcome, parts),
        "router.svg": bars(title, "less is better", drawn),
    }


def report_streams(outcome: Outcome) -> dict[str, str]:
    """Write `streams.md` and its chart."""
    rows = []
    for label in outcome.rows:
        received = outcome.cell(label, "received")
        whole = received.low >= SIZE / 1024 / 1024
        rows.append(
            [
                label,
                outcome.cell(label, "growth").text(),
                "all" if whole else f"cut after {received.middle:,.0f} MB",
                "yes" if outcome.cell(label, "alive").low == 1 else "**no**",
            ]
        )
    parts = [
        (
            "A client asks for 300 MB and stops reading. The figure is how much the"
            " server's memory (PSS of the process group) grows meanwhile, in MB;"
            f" wanted: below {GROWTH_LIMIT} on WSGI and ASGI. RSGI has no"
            " back-pressure, so a stream there ends at its byte budget; files go by"
            " `response_file`."
        ),
        table(["", "growth, MB", "the client then gets", "answers after"], rows),
        "![streams](streams.svg)",
    ]
    drawn = [bar_of(outcome, label, "growth", label) for label in outcome.rows]
    title = "A stalled client on 300 MB: growth of the server's memory, MB"
    return {
        "streams.md": document("A client that stops reading", outcome, parts),
        "streams.svg": bars(title, "less is better", drawn),
    }
