"""`segue client ts`: a typed client of the app, written from its document."""

from typing import Literal

from segue.app import App
from segue.openapi.commands import document_at

__all__ = ["write_client"]


def write_client(
    app: App,
    language: Literal["ts"],
    *,
    out: str = "",
    check: str = "",
    path: str = "",
) -> None:
    """Write a typed client of the app.

    Args:
        app: The app of this folder.
        language: What it is written in: TypeScript.
        out: Write it to this file.
        check: Compare it with this file; exit with 1 when they differ.
        path: Of several documents the one that is served here.
    """
    # Imported here: an app that serves writes no clients.
    from segue.clients.delivery import deliver  # noqa: PLC0415
    from segue.clients.write import write_typescript  # noqa: PLC0415

    del language  # there is one
    deliver(write_typescript(document_at(app, path)), out=out, check=check)
