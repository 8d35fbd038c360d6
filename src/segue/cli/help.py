"""`segue help SG-ROUTE-003`: the page of an error code."""

import re
from pathlib import Path
from typing import Final

import click

from segue.core.errors import CommandError, did_you_mean

__all__ = ["command", "find_page", "known_codes"]

_CODE: Final = re.compile(r"(?:SG-)?([A-Z]+)-?(\d{1,3})", re.IGNORECASE)

# In an installed package the pages lie beside this file; in a checkout below docs.
_FOLDERS: Final = (
    Path(__file__).with_name("errors"),
    Path(__file__).parents[3] / "docs" / "errors",
)


@click.command("help")
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """Explain an error code, SG-ROUTE-003 for example; without one, list them."""
    if code is None:
        for known in known_codes():
            click.echo(f"{known}  {_title(find_page(known))}")
        return
    click.echo(find_page(code).read_text("utf-8").rstrip())


def known_codes() -> list[str]:
    """Find every code that has a page, sorted."""
    return sorted({page.stem for folder in _FOLDERS for page in folder.glob("SG-*.md")})


def find_page(code: str) -> Path:
    """Find the page of a code; `route3` is enough for SG-ROUTE-003.

    Raises:
        CommandError: If no page has that code.
    """
    match = _CODE.fullmatch(code.strip())
    spelled = f"SG-{match[1].upper()}-{match[2]:0>3}" if match else code.upper()
    for folder in _FOLDERS:
        page = folder / f"{spelled}.md"
        if match is not None and page.is_file():
            return page
    near = did_you_mean(spelled, known_codes())
    raise CommandError(
        "SG-CLI-012",
        f"No error has the code {code!r}.{near}",
        why="Codes are written SG-AREA-NNN, as errors print them.",
        fix="`segue help` lists every code.",
    )


def _title(page: Path) -> str:
    with page.open(encoding="utf-8") as lines:
        return lines.readline().partition(":")[2].strip()
