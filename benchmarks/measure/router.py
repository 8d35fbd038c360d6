"""`router`: what a request costs with 10, 1,000 and 10,000 routes, without a server."""

from measure.child import ChildFailed, run_inside
from measure.outcome import Outcome

__all__ = ["FRAMEWORKS", "KINDS", "SIZES", "measure_router"]

SIZES = (10, 1_000, 10_000)
KINDS = ("static", "dynamic")
START_SECONDS = 180.0
"""Who cannot answer from a table of ten thousand routes by then is reported so."""

FRAMEWORKS = (
    "segue",
    "falcon",
    "litestar",
    "flask",
    "bottle",
    "starlette",
    "pyramid",
    "django",
)


def measure_router(rounds: int, core: int, wanted: str, *, quick: bool) -> Outcome:
    """Measure Segue in every round, its rivals in the first one only.

    What is judged is our own growth, by the sizes interleaved; some rivals need a
    minute to register ten thousand routes.
    """
    outcome = Outcome("router")
    names = [name.strip() for name in wanted.split(",") if name.strip()]
    chosen = [name for name in FRAMEWORKS if not names or name in names]
    for number in range(rounds):
        for name in chosen:
            if number > 0 and name != "segue":
                continue
            outcome.rows.setdefault(name, {"family": name})
            for size in SIZES[:2] if quick and name != "segue" else SIZES:
                if f"{name} {size}" not in outcome.failures:
                    take(outcome, name, size, core, quick=quick)
    return outcome


def take(outcome: Outcome, name: str, size: int, core: int, *, quick: bool) -> None:
    """Build one application in a fresh process and ask it."""
    task = {"framework": name, "routes": size, "batches": 2 if quick else 7}
    try:
        result = run_inside("router", core, task, START_SECONDS)
    except ChildFailed as error:
        outcome.fail(f"{name} {size}", str(error))
        return
    outcome.add(name, f"static {size}", result["static"])
    outcome.add(name, f"dynamic {size}", result["dynamic"])
    outcome.add(name, f"start {size}", result["start"])
    static, dynamic = result["static"], result["dynamic"]
    print(
        f"  {name:10} {size:6} routes  static {static:9.1f} us"
        f"  dynamic {dynamic:9.1f} us  start {result['start']:.2f} s"
    )
