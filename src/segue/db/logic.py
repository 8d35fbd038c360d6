"""The steps of every word of `Db`, on the statements of one dialect.

`Db` itself knows neither: so it can be asked for where no table is used yet, and
SQLAlchemy is imported by the first statement.
"""

import segue.db.paging as paging  # noqa: PLR0402 - the package imports this file
import segue.db.reads as reads  # noqa: PLR0402 - the package imports this file
import segue.db.statement as statement  # noqa: PLR0402 - the package imports this file
import segue.db.writes as writes  # noqa: PLR0402 - the package imports this file
from segue.db.plans import Plans

__all__ = ["Logic"]


class Logic(Plans):
    """The plans of a dialect, and what works with them."""

    get = reads.get
    get_or_404 = reads.get_or_404
    get_many = reads.get_many
    all = reads.all_of
    single = reads.single
    one = reads.one
    first = reads.first
    count = reads.count
    exists = reads.exists
    rows = reads.rows
    aggregate = reads.aggregate
    load = reads.load
    page = paging.page
    streamed = paging.streamed
    select = statement.select
    sql = statement.sql
    explain = statement.explain
    insert = writes.insert
    insert_many = writes.insert_many
    save = writes.save
    update = writes.update
    delete = writes.delete
    upsert = writes.upsert
    get_or_create = writes.get_or_create
    link = writes.link
    unlink = writes.unlink
