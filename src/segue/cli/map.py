"""`segue map`: everything the app has, for people and for programs."""

import json
from typing import Any

import click

from segue.cli.selection import app_option, chosen_app

__all__ = ["command"]


@click.command("map")
@app_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(app_text: str | None, *, as_json: bool) -> None:
    """Show routes with all that belongs to them, providers, hooks, settings."""
    found = chosen_app(app_text).map()
    if as_json:
        click.echo(json.dumps(found, indent=2, default=str))
        return
    for line in _lines(found):
        click.echo(line)


def _lines(found: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    for route in found["routes"]:
        methods = ",".join(route["methods"] or ["any"])
        lines.append(
            f"{methods} {route['path']}  {route['function']}() {route['place']}"
        )
        lines += [
            f"  {one['name']}: {one['type']} from {one['from']}"
            for one in route["arguments"]
        ]
        lines += [f"  guard {guard['function']}()" for guard in route["guards"]]
        lines += [
            f"  provider {one['type']} by {one['function']}()"
            for one in route["providers"]
        ]
        lines += [f"  middleware {layer}" for layer in route["middleware"]]
    for title in ("shared", "extensions", "commands", "settings"):
        if found[title]:
            lines += ["", title, *(f"  {_short(each)}" for each in found[title])]
    return lines


def _short(each: Any) -> str:
    return f"{each['function']}() {each['place']}" if isinstance(each, dict) else each
