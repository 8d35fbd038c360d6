"""The commands as an app gets them."""

from segue.migrations.console import app_commands


def test_the_commands_of_an_app_are_typed_functions(small, books):
    small.want(books)
    asked = []
    found = app_commands(lambda: asked.append(1) or small.config)

    assert sorted(found) == [
        "db check",
        "db drift",
        "db history",
        "db make",
        "db migrate",
        "db status",
        "db undo",
    ]
    assert asked == []
    assert "create table book" in found["db make"](name="first")
    assert found["db migrate"]() == "applied 0001_first"
    assert found["db check"]() == "1 migrations: they say all that the app wants."
    assert found["db undo"](plan=True) == "undo 0001_first"
    assert all(made.__doc__ for made in found.values())


def test_what_was_renamed_can_be_said_on_the_command_line(small, books, later):
    small.want(books)
    found = app_commands(lambda: small.config)
    found["db make"]()
    small.want(later)
    said = found["db make"](
        rename=["authors=author", "book.cents=price", "author.name=full_name"],
        value=["book.year=1999"],
    )

    assert "rename column book.cents to price" in said
    assert "rename table authors to author" in said
    assert "drop column" not in said
