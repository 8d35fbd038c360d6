"""Errors of a database: what a developer reads, and what a visitor reads."""

import pytest

from segue.core.errors import HTTPError
from segue.db.run import errors


@pytest.mark.parametrize(
    ("kind", "code", "status"),
    [
        (errors.DatabaseError, "SG-DB-120", None),
        (errors.StatementError, "SG-DB-120", None),
        (errors.AbortedError, "SG-DB-121", None),
        (errors.ReadOnlyError, "SG-DB-122", None),
        (errors.ConstraintError, "SG-DB-123", None),
        (errors.UniqueError, "SG-DB-123", 409),
        (errors.ForeignKeyError, "SG-DB-123", 409),
        (errors.ExclusionError, "SG-DB-123", 409),
        (errors.CheckError, "SG-DB-123", 422),
        (errors.NotNullError, "SG-DB-123", 422),
        (errors.DataError, "SG-DB-124", 422),
        (errors.RepeatableError, "SG-DB-125", 503),
        (errors.DeadlockError, "SG-DB-125", 503),
        (errors.SerializationError, "SG-DB-125", 503),
        (errors.UnavailableError, "SG-DB-126", 503),
        (errors.PoolTimeoutError, "SG-DB-110", 503),
        (errors.ConnectionLostError, "SG-DB-111", 503),
        (errors.DatabaseBusyError, "SG-DB-112", 503),
        (errors.DiskFullError, "SG-DB-113", 503),
    ],
)
def test_each_has_a_code_and_some_are_answers(kind, code, status):
    error = kind("secret words of table book", sql="SELECT secret")

    assert str(error) == f"{code}  secret words of table book"
    assert isinstance(error, HTTPError) is (status is not None)
    if status is not None:
        assert error.status == status
        assert "secret" not in str(error.document())
        assert ("retry-after" in error.headers) is (status == 503)


def test_a_broken_rule_names_the_fields():
    error = errors.UniqueError(
        "x", constraint="book_slug", table="book", columns=("slug", "edition")
    )

    assert [e["name"] for e in error.document()["errors"]] == ["slug", "edition"]
    assert {e["code"] for e in error.document()["errors"]} == {"unique"}
    assert "book_slug" not in str(error.document())
