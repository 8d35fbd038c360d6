"""The steps of every word of `Db`, on the statements of one dialect.

`Db` itself knows neither: so it can be asked for where no table is used yet, and
SQLAlchemy is imported by the first statement.
"""

from segue.db.paging import page, streamed
from segue.db.plans import Plans
from segue.db.reads import (
    aggregate,
    all_of,
    count,
    exists,
    first,
    get,
    get_many,
    get_or_404,
    load,
    load_absent,
    one,
    rows,
    single,
)
from segue.db.statement import explain, select, sql
from segue.db.writes import (
    delete,
    get_or_create,
    insert,
    insert_many,
    link,
    save,
    unlink,
    update,
    upsert,
)

__all__ = ["Logic"]


class Logic(Plans):
    """The plans of a dialect, and what works with them."""

    get = get
    get_or_404 = get_or_404
    get_many = get_many
    all = all_of
    single = single
    one = one
    first = first
    count = count
    exists = exists
    rows = rows
    aggregate = aggregate
    load = load
    load_absent = load_absent
    page = page
    streamed = streamed
    select = select
    sql = sql
    explain = explain
    insert = insert
    insert_many = insert_many
    save = save
    update = update
    delete = delete
    upsert = upsert
    get_or_create = get_or_create
    link = link
    unlink = unlink
