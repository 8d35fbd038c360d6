"""`segue shell`: Python with the app at hand."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click

from segue.app import App
from segue.cli.selection import app_option, chosen_app
from segue.testing.client import Client

__all__ = ["command", "names_of"]


@click.command("shell")
@app_option
@click.option("--plain", is_flag=True, help="Python's own shell, even with IPython.")
@click.option("--run", "source", help="Run this line and leave.")
def command(app_text: str | None, source: str | None, *, plain: bool) -> None:
    """Open a Python shell with `app`, `client` and `url` loaded."""
    app = chosen_app(app_text)
    names = names_of(app)
    if source is not None:
        exec(compile(source, "<segue shell>", "exec"), names)  # noqa: S102 - asked for
        return
    banner = f"At hand: {', '.join(sorted(names))}"
    if find_spec("IPython") and not plain:
        click.echo(banner)
        # Not ours to install; used when it is there.
        import_module("IPython").start_ipython(argv=[], user_ns=names)
        return
    _interact(banner, names)


def names_of(app: App) -> dict[str, Any]:
    """Build what a shell begins with."""
    return {"app": app, "client": Client(app), "url": app.url}


def _interact(banner: str, names: dict[str, Any]) -> None:
    # Wanted by this command alone; readline gives history and completion.
    import code  # noqa: PLC0415
    import contextlib  # noqa: PLC0415

    with contextlib.suppress(ImportError):  # not built on every system
        import readline  # noqa: PLC0415
        import rlcompleter  # noqa: PLC0415

        readline.set_completer(rlcompleter.Completer(names).complete)
        readline.parse_and_bind("tab: complete")
    code.interact(banner=banner, local=names, exitmsg="")
