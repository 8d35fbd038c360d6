"""One run at a time."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from segue.core.errors import MissingExtraError
from segue.migrations import commands, connecting
from segue.migrations.config import Migrations
from segue.migrations.connecting import connected

RUN = """
    import sys, sqlalchemy as sa
    from pathlib import Path
    from segue.migrations import commands
    from segue.migrations.config import Migrations
    config = Migrations(target=sa.MetaData, url=sys.argv[1], folder=Path(sys.argv[2]))
    print(commands.migrate(config))
"""


def start(shop):
    """Run `migrate` in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(RUN), shop.url, str(shop.folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONWARNINGS": "error"},
    )


def test_a_second_run_waits_and_then_gives_up(shop, write, refused):
    write(
        shop.folder, "0001", None, "op.create_table('t', sa.Column('id', sa.Integer))"
    )
    config = replace(shop.config, wait=1)
    held, done = threading.Event(), threading.Event()

    def hold():
        with connected(shop.config) as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            held.set()
            done.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(30)
    try:
        assert refused(lambda: commands.migrate(config)) == "SG-MIG-035"
    finally:
        done.set()
        thread.join()
    assert commands.migrate(shop.config) == "applied 0001"


def test_runs_at_the_same_time_do_everything_once(shop, write):
    for number in range(1, 5):
        write(
            shop.folder,
            f"000{number}",
            f"000{number - 1}" if number > 1 else None,
            f"op.create_table('t{number}', sa.Column('id', sa.Integer))\n"
            f"op.execute('INSERT INTO t{number} VALUES (1)')",
        )
    runs = [start(shop) for _ in range(3)]
    said = [run.communicate(timeout=120) for run in runs]

    assert [run.returncode for run in runs] == [0, 0, 0], said
    lines = [line for out, _ in said for line in out.splitlines()]
    assert sorted(line for line in lines if line.startswith("applied")) == [
        f"applied 000{number}" for number in range(1, 5)
    ]
    assert [shop.rows(f"SELECT count(*) FROM t{n}") for n in range(1, 5)] == [
        [(1,)]
    ] * 4


SLOW = """
import os
import signal


def die(moment):
    moment.execute("INSERT INTO t (id) VALUES (7)")
    if not os.path.exists(__file__ + ".again"):
        open(__file__ + ".again", "w").close()
        os.kill(os.getpid(), signal.SIGKILL)


def downgrade():
    pass
"""


def test_a_run_that_is_killed_in_the_middle_leaves_nothing_the_next_does_not_find(
    shop, write
):
    write(
        shop.folder, "0001", None, "op.create_table('t', sa.Column('id', sa.Integer))"
    )
    write(
        shop.folder,
        "0002",
        "0001",
        "op.create_table('u', sa.Column('id', sa.Integer))\n"
        "op.add_column('t', sa.Column('x', sa.Integer))\n"
        "op.run_python(die)\n"
        "op.create_index('ix_t_x', 't', ['x'])",
        SLOW,
    )
    run = start(shop)
    run.communicate(timeout=120)

    assert run.returncode == -signal.SIGKILL
    if shop.config.address.get_backend_name() != "mariadb":
        assert shop.tables() == {"t"}
    assert shop.rows("SELECT count(*) FROM t") == [(0,)]
    again = start(shop)
    out, errors = again.communicate(timeout=120)
    assert (out.strip(), again.returncode) == ("applied 0002", 0), errors
    assert shop.rows("SELECT id FROM t") == [(7,)]
    assert commands.drift(shop.config)


def test_a_database_that_does_not_answer_is_told(tmp_path, refused):
    config = Migrations(
        target=sa.MetaData,
        url="postgresql://nobody:secret@127.0.0.1:1/nothing",
        folder=tmp_path / "m",
    )

    with pytest.raises(Exception, match="cannot be reached") as caught:
        commands.migrate(config)
    assert caught.value.problem.code == "SG-MIG-041"
    assert "secret" not in str(caught.value)


def test_a_missing_driver_is_told_with_its_extra(monkeypatch):
    monkeypatch.setattr(connecting, "find_spec", lambda name: None)

    with pytest.raises(MissingExtraError, match=r"segue\[mysql\]"):
        connecting.dialect_of(
            Migrations(target=sa.MetaData, url="mysql://h/d", folder=Path())
        )
