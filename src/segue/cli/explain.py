"""`segue explain GET /books/7`: the whole walk of a request, not taken."""

import json

import click

from segue.cli.headers import header_option
from segue.cli.selection import app_option, chosen_app

__all__ = ["command"]


@click.command("explain")
@click.argument("method")
@click.argument("path")
@app_option
@header_option
@click.option(
    "--ask", is_flag=True, help="Start the app and ask the guards what they decide."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def command(
    method: str,
    path: str,
    *,
    app_text: str | None,
    headers: tuple[tuple[str, str], ...],
    ask: bool,
    as_json: bool,
) -> None:
    """Tell which rules are tried for METHOD PATH and what runs in which order.

    The handler is not called.
    """
    app = chosen_app(app_text)
    app.freeze()
    told = app.explain(method.upper(), path, headers, ask=ask)
    click.echo(json.dumps(told.document(), indent=2) if as_json else str(told))
