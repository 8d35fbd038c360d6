"""Only type-checked: a view of a type is that type, and a patch of it gives it."""

from typing import Annotated, assert_type

from msgspec import Struct

from segue import App, Create, Only, Patch, Read, ReadOnly, Renamed, Without, WriteOnly

app = App()


class Account(Struct):
    """A record with a field for each direction."""

    id: Annotated[int, ReadOnly()]
    email: str
    password: Annotated[str, WriteOnly()]
    note: str | None = None


@app.post("/accounts", status=201)
def add(account: Create[Account]) -> Read[Account]:
    """Take a new one."""
    assert_type(account, Account)
    assert_type(account.email, str)
    return account


@app.post("/drafts", status=201)
def draft(account: Annotated[Create[Account], Without("note")]) -> Account:
    """Take a new one without some of it."""
    assert_type(account, Account)
    return account


@app.patch("/accounts/{number}")
def edit(number: int, change: Patch[Account]) -> Read[Account]:
    """Change some of it."""
    account = Account(number, "a@example.org", "secret")
    assert_type(change.fields, frozenset[str])
    assert_type("email" in change, bool)
    assert_type(change.apply(account), Account)
    return change.apply(account)


@app.patch("/notes/{number}")
def annotate(
    number: int, change: Annotated[Patch[Account], Only("note")]
) -> Annotated[Read[Account], Only("id", "note"), Renamed("camel", note="remark")]:
    """Change and show very little."""
    assert_type(change, Patch[Account])
    return change.apply(Account(number, "a@example.org", "secret"))


@app.get("/accounts")
def several() -> list[Read[Account]]:
    """Show some."""
    return [Account(1, "a@example.org", "secret")]


def uses() -> None:
    """Say what the functions give."""
    assert_type(several(), list[Account])
    assert_type(edit(1, Patch(Account, note=None)), Account)
    assert_type(Patch(Account, note=None), Patch[Account])
