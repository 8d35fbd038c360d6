"""Rows go out as lines and come back as they were."""

import json

import pytest

from tests.db.conftest import SERVERS

pytestmark = pytest.mark.feature("M-189")


@pytest.fixture
def filled(folder):
    folder.type("db reset --yes")
    return folder


def test_every_type_comes_back(filled):
    filled.type("db dump --out all.jsonl")
    lines = (filled.path / "all.jsonl").read_text(encoding="utf-8")
    filled.type("db reset --yes --no-seeds")
    told = filled.type("db load all.jsonl")

    assert told.split() == ["author:", "2", "tag:", "1", "book:", "2", "book_tag:", "1"]
    assert filled.type("db dump") == lines
    app = filled.app()
    dune = app.database.db().one(app.Book.where(app.Book.year == 1965))
    assert dune.cover == bytes(range(256))
    assert (
        app.database.db().one(app.Author.where(app.Author.name == "Ada")).boss_id == 2
    )


def test_some_tables_can_be_chosen(filled):
    assert [*json.loads(filled.type("db dump Tag"))] == ["tag"]
    assert "SG-DB-156" in filled.type("db dump boks")


def test_what_is_not_given_is_what_the_model_says(filled):
    filled.write('{"book": {"title": "New", "author_id": 1}}\n', "new.jsonl")

    assert filled.type("db load new.jsonl") == "book: 1\n"
    app = filled.app()
    new = app.database.db().one(app.Book.where(app.Book.title == "New"))
    assert (new.kind, new.year, new.id) == (app.Kind.PAPER, 0, 3)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"book": {"title": "x", "author_id": 1, "year": -1}}', "year: Expected"),
        ('{"book": {"title": "x", "author_id": 1, "year": "1"}}', "year: Expected"),
        ('{"book": {"titel": "x"}}', "Did you mean 'title'?"),
        ('{"boks": {}}', "Did you mean 'book'?"),
        ('{"book": {"title": "Emma", "author_id": 1}}', "UNIQUE constraint failed"),
        ('{"book": {"title": "x", "author_id": 99}}', "FOREIGN KEY"),
        ('{"author": {"name": "x", "boss_id": 1}}', "without id"),
        ('{"author": {"id": 9, "name": "x", "boss_id": 99}}', "FOREIGN KEY"),
        ('{"book": 3}', "is an object with its columns"),
        ('["book"]', "a line is one row"),
        ("{", "no JSON"),
    ],
)
def test_the_line_of_a_mistake_is_told_and_nothing_is_kept(filled, line, told):
    filled.write('{"tag": {"name": "new"}}\n\n' + line + "\n", "bad.jsonl")
    output = filled.type("db load bad.jsonl")

    assert "SG-DB-157  bad.jsonl:3" in output
    assert told in output
    assert "new" not in filled.type("db dump tag")


def test_a_file_that_is_not_there_is_told(filled):
    assert "SG-DB-157  none.jsonl" in filled.type("db load none.jsonl")


def test_numbers_that_json_does_not_have_come_back(filled):
    filled.write(
        '{"book": {"title": "x", "author_id": 1, "weight": "inf"}}\n', "inf.jsonl"
    )
    filled.type("db load inf.jsonl")

    assert '"weight":"inf"' in filled.type("db dump book")


def test_thousands_of_rows_are_loaded_in_parts(filled):
    lines = [json.dumps({"tag": {"name": f"t{n}"}}) for n in range(1201)]
    filled.write("\n".join(lines), "many.jsonl")

    assert filled.type("db load many.jsonl") == "tag: 1201\n"
    filled.write(
        "\n".join([*lines, '{"book": {"title": "Emma", "author_id": 1}}']), "m.jsonl"
    )
    assert "m.jsonl:1202" in filled.type("db load m.jsonl")


@pytest.mark.parametrize("servers_kind", SERVERS)
def test_rows_go_from_one_kind_of_database_to_another(
    filled, servers, monkeypatch, servers_kind
):
    filled.type("db dump --out all.jsonl")
    lines = (filled.path / "all.jsonl").read_text(encoding="utf-8")
    monkeypatch.setenv("DATABASE_URL", servers(servers_kind))
    filled.type("db make --name start")
    filled.type("db reset --yes --no-seeds")
    filled.type("db load all.jsonl")

    assert filled.type("db dump") == lines
    app = filled.app()
    assert app.database.db().insert(app.Tag(name="next")).id == 2
    app.database.close()
