"""What a developer types about a database."""

import pytest

pytestmark = pytest.mark.feature("M-102")


def test_the_tables_come_by_migrations_and_go_back(folder):
    made = folder.type("db make")
    applied = folder.type("db migrate")
    status = folder.type("db status")

    assert "create table book" in made
    assert (folder.path / "migrations").is_dir()
    assert applied.startswith("applied 0001_")
    assert "To apply" not in status
    assert "say all that the app wants" in folder.type("db check")
    assert "is what its migrations say" in folder.type("db drift")
    assert "[x] 0001_" in folder.type("db history")
    assert folder.type("db undo").startswith("undone 0001_")


def test_a_field_with_a_default_fills_the_rows_that_are_there(folder):
    folder.type("db make")
    folder.type("db migrate")
    folder.type("db seed")
    text = (folder.path / "app.py").read_text()
    more = '    pages: int = 7\n    lang: str = "it\'s"\n    sold: bool'
    folder.write(text.replace("    sold: bool", more))

    assert "SG-MIG-050" in folder.type("db check")
    assert "add column book.pages" in folder.type("db make")
    folder.type("db migrate")
    app = folder.app()
    assert [(b.pages, b.lang) for b in app.database.db().all(app.Book)] == [
        (7, "it's"),
        (7, "it's"),
    ]


def test_a_database_that_is_not_there_is_told(folder):
    output = folder.type("db migrate --database mian")

    assert "SG-DB-150" in output
    assert "Did you mean 'main'?" in output


def test_each_database_has_its_models_and_migrations(folder):
    folder.write(
        "from segue import App\n"
        "from segue.db import Database, Model\n"
        "class Stats(Model, root=True): pass\n"
        "class Hit(Stats):\n    path: str\n"
        "class Page(Model):\n    path: str\n"
        "app = App()\n"
        "app.use(Database(), Database('sqlite:///stats.db', models=Stats))\n"
    )
    main, stats = folder.type("db make"), folder.type("db make --database stats")

    assert "create table page" in main
    assert "hit" not in main
    assert "create table hit" in stats
    assert list((folder.path / "migrations" / "stats").glob("0001_*.py"))
    assert folder.type("db migrate --database stats").startswith("applied")
    assert folder.type("db check").splitlines()[1].startswith("stats: ")


def test_an_app_without_a_database_has_no_such_commands(folder):
    folder.write("from segue import App\napp = App()\n")

    assert "No such command 'db'" in folder.type("db make")
