"""Data: models, queries, transactions. SQLAlchemy is loaded by the first table.

class Author(Model):
name: Annotated[str, MaxLen(80)]
books: Many["Book"] = many()

db.all(Author.where(Author.books.year > 2000).load(Author.books))
"""

from segue.core.schema.views import Create, Patch, Read
from segue.db.answers import Load
from segue.db.async_session import AsyncDb
from segue.db.command import Command, Result, Steps
from segue.db.database import Database
from segue.db.defaults import Many, One, many, now, one, server
from segue.db.expressions import Condition, Expression
from segue.db.functions import (
    avg,
    coalesce,
    col,
    count,
    desc,
    has,
    length,
    lower,
    max_,
    min_,
    not_,
    sum_,
    upper,
)
from segue.db.marks import (
    Check,
    Column,
    Digits,
    Index,
    Key,
    OnDelete,
    Unique,
    Version,
)
from segue.db.mistakes import ModelError, NotLoaded, NotSaved, QueryError
from segue.db.model import Model
from segue.db.query import Query
from segue.db.session import Db
from segue.db.slices import Slice

__all__ = [
    "AsyncDb",
    "Check",
    "Column",
    "Command",
    "Condition",
    "Create",
    "Database",
    "Db",
    "Digits",
    "Expression",
    "Index",
    "Key",
    "Load",
    "Many",
    "Model",
    "ModelError",
    "NotLoaded",
    "NotSaved",
    "OnDelete",
    "One",
    "Patch",
    "Query",
    "QueryError",
    "Read",
    "Result",
    "Slice",
    "Steps",
    "Unique",
    "Version",
    "avg",
    "coalesce",
    "col",
    "count",
    "desc",
    "has",
    "length",
    "lower",
    "many",
    "max_",
    "min_",
    "not_",
    "now",
    "one",
    "server",
    "sum_",
    "upper",
]
