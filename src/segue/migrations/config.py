"""What the commands of migrations need to know of an app."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

from segue.migrations.errors import MigrationError

__all__ = ["Migrations"]

# The drivers that Segue's extras install, where a URL names none or an async one.
_DRIVERS = {
    "postgresql+asyncpg": "postgresql+psycopg",
    "postgresql+psycopg_async": "postgresql+psycopg",
    "mysql+aiomysql": "mysql+pymysql",
    "mysql+asyncmy": "mysql+pymysql",
    "mariadb+aiomysql": "mariadb+pymysql",
    "mariadb+asyncmy": "mariadb+pymysql",
    "sqlite+aiosqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
}


class Migrations(msgspec.Struct, frozen=True, kw_only=True):
    """The migrations of an app.

    Attributes:
        target: Gives the tables that the app wants, as the `MetaData` of SQLAlchemy.
        url: Where the database is.
        folder: Where the revision files are.
        version_table: Where the database keeps what was applied; Alembic's.
        wait: For how many seconds another run is waited for.
    """

    target: Callable[[], sa.MetaData]
    url: str
    folder: Path = Path("migrations")
    version_table: str = "alembic_version"
    wait: float = 60.0

    @property
    def address(self) -> sa.URL:
        """The URL with a driver.

        Raises:
            MigrationError: If it is no URL of a database.
        """
        try:
            url = sa.make_url(self.url)
        except ArgumentError as error:
            raise MigrationError(
                "SG-MIG-040",
                "The URL of the database cannot be read.",
                why="No database can be found by it.",
                fix="Write it like sqlite:///app.db or "
                "postgresql://user:password@host/name",
            ) from error
        return url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
