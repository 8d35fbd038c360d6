"""URLs of databases: read, refused, and never told with their secrets."""

import pytest

from segue.core.errors import MissingExtraError, SettingsError
from segue.db.run.address import read_address


def test_a_file_of_sqlite_is_relative_to_a_folder(tmp_path):
    address = read_address("sqlite:///data/app.db", tmp_path)

    assert (address.kind, address.is_memory) == ("sqlite", False)
    assert address.path == str(tmp_path / "data" / "app.db")


def test_a_file_may_be_named_from_the_root_or_from_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", "/home/ann")

    assert read_address("sqlite:////var/app.db", tmp_path).path == "/var/app.db"
    assert read_address("sqlite:///~/app.db", tmp_path).path == "/home/ann/app.db"


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///"])
def test_sqlite_without_a_file_is_in_memory(url):
    assert read_address(url).is_memory


@pytest.mark.parametrize(
    ("url", "kind", "driver"),
    [
        ("postgresql://ann@db/shop", "postgresql", "postgresql+psycopg"),
        ("postgres://ann@db/shop", "postgresql", "postgresql+psycopg"),
        ("postgresql+psycopg://ann@db/shop", "postgresql", "postgresql+psycopg"),
        ("mysql://ann@db/shop", "mysql", "mysql+pymysql"),
        ("mariadb://ann@db/shop", "mysql", "mariadb+pymysql"),
        ("mariadb+pymysql://ann@db/shop", "mysql", "mariadb+pymysql"),
    ],
)
def test_each_server_has_its_driver(url, kind, driver):
    address = read_address(url)

    assert (address.kind, address.url.drivername) == (kind, driver)


def test_our_own_options_are_not_the_driver_s():
    address = read_address("postgresql://ann@db/shop?prepare=false&sslmode=require")

    assert address.options == {"prepare": "false"}
    assert dict(address.url.query) == {"sslmode": "require"}


def test_a_password_is_never_told():
    address = read_address(
        "postgresql://ann:hunter2@db/shop?sslpassword=hunter3&sslmode=require"
    )

    assert "hunter" not in str(address) + repr(address)
    assert address.url.password == "hunter2"
    assert "sslmode=require" in str(address)


@pytest.mark.parametrize(
    "url",
    [
        "app.db",
        "",
        "postgresql:/ann:hunter2@db/shop",
        "postgresql://ann:hunter2@db",
        "postgresql://ann:hunter2@db/",
        "postgresql://ann:hunter2@db:99999/shop",
        "postgresql://ann:hunter2@db:port/shop",
        "sqlite://hunter2/app.db",
        "sqlite:///file:app.db",
        "://hunter2",
    ],
)
def test_what_cannot_be_read_is_told_without_its_secrets(url):
    with pytest.raises(SettingsError) as caught:
        read_address(url)

    assert caught.value.problem.code in {"SG-DB-101", "SG-DB-102"}
    assert "hunter2" not in str(caught.value)
    assert "sqlite:///app.db" in caught.value.problem.fix


def test_a_kind_that_there_is_not_is_told_with_the_nearest():
    with pytest.raises(SettingsError, match="SG-DB-102") as caught:
        read_address("postgre://ann:hunter2@db/shop")

    assert "Did you mean 'postgre" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_driver_that_is_not_installed_is_told_with_its_line(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"segue\[postgres\]"):
        read_address("postgresql://ann@db/shop")
    with pytest.raises(MissingExtraError, match=r"segue\[mysql\]"):
        read_address("mariadb://ann@db/shop")


def test_another_driver_is_taken_through_sqlalchemy():
    with pytest.raises(SettingsError, match="SG-DB-103") as caught:
        read_address("oracle+oracledb://ann:hunter2@db/shop")

    assert "pip install oracledb" in caught.value.problem.fix
    assert "hunter2" not in str(caught.value)


def test_an_async_driver_is_refused():
    with pytest.raises(SettingsError, match="SG-DB-104") as caught:
        read_address("sqlite+aiosqlite:///app.db")

    assert "sqlite://" in caught.value.problem.fix
