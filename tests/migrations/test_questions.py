"""What nobody can know and must be told."""

import pytest
import sqlalchemy as sa

from segue.migrations import commands
from segue.migrations.questions import Answers, parse_renames, parse_values


def _one(*columns):
    def build(metadata):
        sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True), *columns)

    return build


def test_what_may_be_renamed_is_never_dropped_without_a_word(small, refused):
    small.want(_one(sa.Column("old", sa.String(9))))
    commands.make(small.config, Answers())
    small.want(_one(sa.Column("new", sa.String(9))))

    assert refused(lambda: commands.make(small.config, Answers())) == "SG-MIG-001"
    said = commands.make(small.config, Answers(nothing_renamed=True))
    assert "drop column t.old" in said


def test_a_table_that_may_be_renamed_is_asked_for(small, refused):
    small.want(lambda metadata: sa.Table("a", metadata, sa.Column("x", sa.Integer)))
    commands.make(small.config, Answers())
    small.want(lambda metadata: sa.Table("b", metadata, sa.Column("x", sa.Integer)))

    with pytest.raises(Exception, match="--rename a=b") as caught:
        commands.make(small.config, Answers())
    assert caught.value.problem.code == "SG-MIG-001"


@pytest.mark.parametrize("old", [[], [sa.Column("new", sa.Integer)]])
def test_rows_that_are_there_need_a_value(small, refused, old):
    small.want(_one(*old))
    commands.make(small.config, Answers())
    small.want(_one(sa.Column("new", sa.Integer, nullable=False)))

    assert refused(lambda: commands.make(small.config, Answers())) == "SG-MIG-002"
    assert refused(lambda: commands.make(small.config, Answers(ask=lambda _: ""))) == (
        "SG-MIG-002"
    )
    commands.make(small.config, Answers(values={("t", "new"): "7"}))
    assert commands.check(small.config)


def test_a_default_of_the_server_is_enough(small):
    small.want(_one())
    commands.make(small.config, Answers())
    small.want(_one(sa.Column("new", sa.Integer, nullable=False, server_default="7")))

    assert "add column t.new" in commands.make(small.config, Answers())


def test_renames_are_read_from_the_command_line():
    assert parse_renames(["a=b", "book.cents=price", "book.x = book.y"]) == (
        {"a": "b"},
        {("book", "cents"): "price", ("book", "x"): "y"},
    )
    assert parse_values(["book.year=1999", "book.at='a=b'"]) == {
        ("book", "year"): "1999",
        ("book", "at"): "'a=b'",
    }


@pytest.mark.parametrize("text", ["price", "=price", "a=", "book.cents=tome.price"])
def test_a_rename_that_cannot_be_read_is_refused(refused, text):
    assert refused(lambda: parse_renames([text])) == "SG-MIG-003"


@pytest.mark.parametrize("text", ["year=1999", "book.year", "book.year="])
def test_a_value_that_cannot_be_read_is_refused(refused, text):
    assert refused(lambda: parse_values([text])) == "SG-MIG-003"


@pytest.mark.parametrize(
    "given",
    [
        {"tables": {"old": "tt"}},
        {"columns": {("t", "old"): "nwe"}},
        {"columns": {("s", "old"): "new"}},
        {"values": {("t", "nwe"): "7"}},
    ],
)
def test_a_name_that_nobody_wants_is_told(small, refused, given):
    small.want(_one(sa.Column("new", sa.Integer)))

    assert refused(lambda: commands.make(small.config, Answers(**given))) == (
        "SG-MIG-004"
    )
