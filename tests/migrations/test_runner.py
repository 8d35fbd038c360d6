"""A revision is applied, or it is not; killed at whichever statement."""

import os
import signal

import pytest
import sqlalchemy as sa

from segue.migrations import commands
from segue.migrations.describe import describe
from segue.migrations.live import live_differences

ROWS = (
    "INSERT INTO authors(id, name, country) VALUES (1, 'Austen', 'GB')",
    "INSERT INTO book(id, title, cents, author_id) VALUES (1, 'Emma', 900, 1)",
)
MANY = 300  # statements that no run of these has


def killed(shop, number, when) -> bool:
    """Run `migrate` in a process that is killed at a statement; tell if it was."""
    child = os.fork()
    if child == 0:
        count = 0

        def die(*_):
            nonlocal count
            count += 1
            if count == number:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            sa.event.listen(sa.Engine, when, die)
            commands.migrate(shop.config)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


@pytest.mark.parametrize("when", ["before_cursor_execute", "after_cursor_execute"])
def test_a_run_may_be_killed_at_each_statement(shop, books, later, answers, when):
    shop.want(books)
    commands.make(shop.config)
    commands.migrate(shop.config)
    shop.execute(*ROWS)
    shop.want(later)
    commands.make(shop.config, answers)
    kills = 0
    for number in range(1, MANY, 2):
        if not killed(shop, number, when):
            break
        kills += 1

    assert kills > 3
    assert commands.migrate(shop.config) == "Nothing to do."
    assert live_differences(shop.config, describe(shop.metadata)) == []
    assert shop.rows("SELECT title, price, year FROM book") == [("Emma", 900, 1999)]
    assert shop.rows("SELECT full_name FROM author") == [("Austen",)]


def test_a_revision_that_fails_leaves_the_database_as_it_was(shop, books, write):
    shop.want(books)
    commands.make(shop.config, name="first")
    write(
        shop.folder,
        "0002",
        "0001_first",
        "op.create_table('t', sa.Column('id', sa.Integer))\n"
        "op.add_column('book', sa.Column('x', sa.Integer))\n"
        "op.execute('UPDATE nothing SET x = 1')",
    )

    with pytest.raises(Exception, match="0002 failed to apply") as caught:
        commands.migrate(shop.config)

    problem = caught.value.problem
    assert problem.code == "SG-MIG-030"
    assert problem.where[0].endswith("0002.py:9 upgrade")
    assert "0001_first before it stay" in problem.why
    if shop.config.address.get_backend_name() != "mariadb":
        assert shop.tables() == {"authors", "book"}
        assert commands.drift(shop.config)
        assert "Nothing of 0002 was kept" in problem.why
    else:
        assert "done: CREATE TABLE t" in problem.why


def test_an_error_of_python_is_told_with_its_line(small, write):
    write(
        small.folder,
        "0001",
        None,
        "op.run_python(lambda moment: 1 / 0)",
    )

    with pytest.raises(Exception, match="ZeroDivisionError") as caught:
        commands.migrate(small.config)
    assert caught.value.problem.where[0].endswith("0001.py:7 <lambda>")


def test_concurrent_indexes_stand_outside_of_the_transaction(shop, write):
    if shop.config.address.get_backend_name() != "postgresql":
        return
    write(
        shop.folder,
        "0001",
        None,
        "op.create_table('t', sa.Column('id', sa.Integer))\n"
        "with op.get_context().autocommit_block():\n"
        "    op.create_index('ix', 't', ['id'], postgresql_concurrently=True)",
    )
    commands.migrate(shop.config)

    assert [i["name"] for i in sa.inspect(shop.engine).get_indexes("t")] == ["ix"]
