"""`router`: what a request costs with 10, 1,000 and 10,000 routes, without a server."""

from measure.child import ChildFailed, run_inside
from measure.outcome import Outcome

__all__ = ["FRAMEWORKS", "KINDS", "SIZES", "measure_router"]

SIZES = (10, 1_000, 10_000)
KINDS = ("static", "dynamic")
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
    """Measure each framework at each size, rounds interleaved."""
    outcome = Outcome("router")
    names = [name.strip() for name in wanted.split(",") if name.strip()]
    chosen = [name for name in FRAMEWORKS if not names or name in names]
    for _ in range(rounds):
        for name in chosen:
            outcome.rows.setdefault(name, {"family": name})
            for size in SIZES:
                if f"{name} {size}" not in outcome.failures:
                    take(outcome, name, size, core, quick=quick)
    return outcome


def take(outcome: Outcome, name: str, size: int, core: int, *, quick: bool) -> None:
    """Build one application in a fresh process and ask it."""
    task = {"framework": name, "routes": size, "batches": 2 if quick else 7}
    try:
        result = run_inside("router", core, task, seconds=240)
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
