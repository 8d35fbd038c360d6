"""What a server looks at before it starts."""

import pytest

from segue.cli.inspection import prepare_extensions

pytestmark = pytest.mark.feature("M-102")


def look(folder, *, development):
    module = folder.app()
    return prepare_extensions(module.app, development=development)


def test_a_small_app_gets_its_tables_and_is_told(folder):
    first = look(folder, development=True)
    again = look(folder, development=True)

    assert len(first) == 1
    assert first[0].startswith("Made 4 tables: ")
    assert first[0].endswith(" in app.db.")
    assert again == ()


def test_a_change_without_migrations_is_told_and_then_adopted(folder):
    look(folder, development=True)
    text = (folder.path / "app.py").read_text()
    folder.write(text.replace("    sold: bool", "    pages: int = 0\n    sold: bool"))
    told = look(folder, development=True)
    made = folder.type("db make")

    assert told == ("1 model change is not in app.db: segue db make, segue db migrate",)
    assert "marked as applied" in made
    assert look(folder, development=True) == (
        "1 migration is not applied: segue db migrate",
    )
    folder.type("db migrate")
    assert look(folder, development=True) == ()


def test_changes_without_a_migration_are_counted(folder):
    folder.type("db make")
    folder.type("db migrate")
    text = (folder.path / "app.py").read_text()
    more = "    pages: int = 0\n    lang: str = ''\n    sold: bool"
    folder.write(text.replace("    sold: bool", more))

    assert look(folder, development=True) == (
        "2 model changes have no migration: segue db make",
    )


def test_production_changes_nothing_and_does_not_start(folder):
    absent = folder.type("serve --port 0")
    folder.type("db make")
    waiting = folder.type("serve --port 0")

    assert "SG-DB-151  4 tables are not in app.db" in absent
    assert "SG-DB-151  1 migration is not applied to app.db: 0001_" in waiting
    assert not (folder.path / "app.db").exists()


def test_production_may_be_told_to_start_all_the_same(folder):
    text = (folder.path / "app.py").read_text()
    folder.write(text.replace("Database()", 'Database(pending="warn")'))

    (told,) = look(folder, development=False)
    assert told.startswith("4 tables are not in app.db")
    folder.type("db make")
    folder.type("db migrate")
    assert look(folder, development=False) == ()


@pytest.mark.parametrize("development", [True, False])
def test_a_database_that_is_away_keeps_no_server_from_starting(
    folder, monkeypatch, development
):
    if development:
        folder.type("db make --name start")
    monkeypatch.setenv("DATABASE_URL", "postgresql://postgres@127.0.0.1:1/shop")
    (told,) = look(folder, development=development)

    assert told.startswith("SG-MIG-041")


def test_a_server_without_migrations_is_told_how_to_begin(folder, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://ann:secret@127.0.0.1:1/shop")
    (told,) = look(folder, development=True)

    assert told.endswith("has no migrations: segue db make")
    assert "secret" not in told


def test_databases_without_models_or_files_are_left_alone(folder):
    folder.write(
        "from segue import App\nfrom segue.db import Database\n"
        "app = App()\napp.use(Database('sqlite:///:memory:'))\n"
    )

    assert look(folder, development=False) == ()
