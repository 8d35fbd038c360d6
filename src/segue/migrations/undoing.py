"""Runs one revision forwards or backwards, also one that has no `downgrade`."""

from typing import Any

from segue.migrations.errors import MigrationError
from segue.migrations.operations import Recorder, RunPython
from segue.migrations.plan import Step
from segue.migrations.running import Running
from segue.migrations.schema import Schema

__all__ = ["run_step"]


class _Collector(Recorder):
    """Collects what `upgrade` would do, without doing it."""

    def __init__(self) -> None:
        super().__init__(Schema())
        self.operations: list[Any] = []

    def invoke(self, operation: Any) -> Any:
        self.operations.append(operation)


def run_step(running: Running, step: Step) -> None:
    """Call `upgrade` or `downgrade` of a revision.

    Where there is no `downgrade`, the functions given to `op.run_python` as `reverse`
    are run, the last one first.

    Raises:
        MigrationError: If it cannot be undone.
    """
    function = getattr(step.script.module, step.direction, None)
    if function is not None:
        function()
        return
    collector = _Collector()
    with collector.installed():
        step.script.module.upgrade()
    backwards = [_reverse(op, step) for op in reversed(collector.operations)]
    with running.installed():
        for operation in backwards:
            running.invoke(operation)


def _reverse(operation: Any, step: Step) -> RunPython:
    if isinstance(operation, RunPython) and operation.reverse_function is not None:
        return RunPython(operation.reverse_function, operation.function)
    raise MigrationError(
        "SG-MIG-031",
        f"{step.id} cannot be undone: it has no downgrade().",
        why="Only op.run_python(fn, reverse) says by itself how it is undone.",
        fix="Write downgrade() in its file, or give the reverse.",
        where=[str(step.script.path)],
    )
