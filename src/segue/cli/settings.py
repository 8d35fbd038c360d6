"""`segue settings`: each setting, its value and where that comes from."""

import json

import click

from segue.cli.selection import app_option, chosen_app
from segue.core.config.describe import describe, table

__all__ = ["command"]


@click.command("settings")
@app_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def command(app_text: str | None, *, as_json: bool) -> None:
    """Show each setting's value and where it comes from; secrets stay masked."""
    loaded = chosen_app(app_text).loaded_settings
    lines = () if loaded is None else describe(loaded)
    if as_json:
        members = ("name", "value", "kind", "place")
        told = [{name: getattr(line, name) for name in members} for line in lines]
        click.echo(json.dumps(told, indent=2))
    else:
        click.echo(table(lines) or "No settings; give the app a class: App(Config).")
    for hint in () if loaded is None else loaded.hints:
        click.echo(hint, err=True)
