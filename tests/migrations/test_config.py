"""The URL of the database."""

import pytest
import sqlalchemy as sa

from segue.migrations.config import Migrations


def _address(url):
    return Migrations(target=sa.MetaData, url=url).address


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("postgresql://u@h/d", "postgresql+psycopg"),
        ("postgres://u@h/d", "postgresql+psycopg"),
        ("mariadb://u@h/d", "mariadb+pymysql"),
        ("mysql+mysqldb://u@h/d", "mysql+mysqldb"),
        ("sqlite:///x.db", "sqlite"),
        ("sqlite+aiosqlite:///x.db", "sqlite"),
        ("postgresql+asyncpg://u@h/d", "postgresql+psycopg"),
    ],
)
def test_a_url_without_a_driver_gets_one(url, driver):
    assert _address(url).drivername == driver


def test_what_is_no_url_is_refused(refused):
    assert refused(lambda: _address("localhost/shop")) == "SG-MIG-040"
