"""Who asks, and who may."""

from typing import Annotated

import msgspec

from segue import FromHeader
from segue.errors import Unauthorized
from segue.openapi import ApiKey

__all__ = ["Customer", "Customers", "ask_customer", "known", "staff"]


class Customer(msgspec.Struct, frozen=True):
    """Somebody with a key."""

    name: str
    is_staff: bool = False


class Customers:
    """The keys there are; a database has them in a shop that is not an example."""

    def __init__(self) -> None:
        self.by_key = {
            "reader-of-books": Customer("ann"),
            "writer-of-books": Customer("frank"),
            "seller-of-books": Customer("sam", is_staff=True),
        }


@ApiKey(header="x-api-key", description="The shop gives you one.")
def ask_customer(
    customers: Customers,
    key: Annotated[str, FromHeader("x-api-key")] = "",
) -> Customer:
    """Find who asks by the key that was sent."""
    if key not in customers.by_key:
        raise Unauthorized(
            "Send your key in x-api-key.", headers={"www-authenticate": "ApiKey"}
        )
    return customers.by_key[key]


def known(customer: Customer) -> bool:
    """Let everybody in who has a key."""
    return bool(customer.name)


def staff(customer: Customer) -> bool:
    """Let the staff in."""
    return customer.is_staff
