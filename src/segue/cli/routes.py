"""`segue routes`: what the app answers, and where each handler is."""

import json
from typing import Any

import click

from segue.cli.selection import app_option, chosen_app
from segue.cli.table import table

__all__ = ["command"]

_TITLES = ("METHOD", "HOST", "PATH", "WHEN", "NAME", "HANDLER", "PLACE")


@click.command("routes")
@click.argument("path", default="")
@app_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def command(path: str, app_text: str | None, *, as_json: bool) -> None:
    """List the routes, or those whose path begins with PATH."""
    app = chosen_app(app_text)
    app.freeze()
    routes = [
        described
        for route in app.routes
        if (described := describe_route(route))["path"].startswith(path)
    ]
    if as_json:
        click.echo(json.dumps(routes, indent=2))
        return
    if not routes:
        which = f" that begins with {path}" if path else ""
        click.echo(f"The app has no route{which}.")
        return
    click.echo(table(_TITLES, [_row(route) for route in routes]))


def describe_route(route: Any) -> dict[str, Any]:
    """Build what is told of a route, ready for JSON."""
    file, _, handler = route.place.rpartition(" ")
    methods = None
    if route.methods is not None:
        # The one of sockets stands in parentheses, which no request can ask for.
        methods = sorted(name.strip("()") for name in route.methods)
    return {
        "methods": methods,
        "host": None if route.host is None else str(route.host),
        "path": str(route.pattern),
        "when": [str(predicate) for predicate in route.predicates],
        "name": route.name,
        "handler": handler,
        "place": file,
    }


def _row(route: dict[str, Any]) -> list[str]:
    methods = route["methods"]
    return [
        "any" if methods is None else ",".join(methods),
        route["host"] or "",
        route["path"],
        " and ".join(route["when"]),
        route["name"] or "",
        route["handler"],
        route["place"],
    ]
