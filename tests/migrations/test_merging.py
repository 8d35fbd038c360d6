"""Two branches of development, each with a migration."""

import pytest

from segue.migrations import commands

TABLE = "op.create_table('t', sa.Column('id', sa.Integer), sa.Column('x', sa.Integer))"


def _branches(small, write, one, two):
    write(small.folder, "0001", None, TABLE)
    write(small.folder, "0002_a", "0001", one)
    write(small.folder, "0002_b", "0001", two)


@pytest.mark.feature("M-104")
def test_two_ends_are_told_and_joined_where_they_are_about_different_things(
    small, write, refused
):
    _branches(
        small,
        write,
        "op.add_column('t', sa.Column('a', sa.Integer))",
        "op.add_column('t', sa.Column('b', sa.Integer))\nop.execute('SELECT 1')",
    )

    assert refused(lambda: commands.migrate(small.config)) == "SG-MIG-023"
    assert refused(lambda: commands.make(small.config)) == "SG-MIG-023"
    assert refused(lambda: commands.check(small.config)) == "SG-MIG-023"
    assert "Two ends" in commands.status(small.config)
    commands.make(small.config, merge=True)
    assert commands.migrate(small.config).splitlines() == [
        "applied 0001",
        "applied 0002_a",
        "applied 0002_b",
        "applied 0003_merge",
    ]
    assert commands.drift(small.config)
    commands.undo(small.config)
    assert commands.history(small.config).count("[x]") == 3


@pytest.mark.feature("M-104")
@pytest.mark.parametrize(
    ("one", "two", "both"),
    [
        (
            "op.alter_column('t', 'x', nullable=False)",
            "op.drop_column('t', 'x')",
            "t.x",
        ),
        (
            "op.alter_column('t', 'x', new_column_name='y')",
            "op.add_column('t', sa.Column('y', sa.Integer))",
            "t.y",
        ),
        ("op.rename_table('t', 'u')", "op.create_index('ix', 't', ['x'])", "t.ix"),
        ("op.create_table('n', sa.Column('id', sa.Integer))",) * 2 + ("n",),
        (
            "op.create_unique_constraint('uq', 't', ['x'])",
            "op.create_check_constraint('uq', 't', 'x > 0')",
            "t.uq",
        ),
    ],
)
def test_two_ends_that_change_the_same_are_not_joined(small, write, one, two, both):
    _branches(small, write, one, two)

    with pytest.raises(Exception, match=f"both change {both}") as caught:
        commands.make(small.config, merge=True)
    assert caught.value.problem.code == "SG-MIG-024"


def test_one_end_is_nothing_to_merge(small, write, refused):
    write(small.folder, "0001", None, TABLE)

    assert refused(lambda: commands.make(small.config, merge=True)) == "SG-MIG-025"


def test_both_ends_can_be_applied_without_joining_them(small, write, refused):
    _branches(small, write, "pass", "pass")
    commands.migrate(small.config, "heads")

    assert refused(lambda: commands.undo(small.config)) == "SG-MIG-027"
    commands.undo(small.config, "0002_b")
    assert commands.history(small.config).count("[x]") == 2
    commands.undo(small.config, "0002_a")
    assert commands.undo(small.config) == "undone 0001"
