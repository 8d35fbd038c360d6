"""The page that shows a document."""

from typing import Protocol

from segue.group import Group

__all__ = ["Page", "SwaggerUI"]


class Page(Protocol):
    """What shows a document to people; an extra may bring another one."""

    def setup(self, routes: Group, path: str, document: str, title: str) -> None:
        """Add the routes of the page.

        Args:
            routes: The group to add them to; guards stand on it already.
            path: Where the page is to be.
            document: Where the document is.
            title: The name of the API.
        """
        ...  # protocol


class SwaggerUI:
    """Swagger UI, from files of this package."""

    def setup(self, routes: Group, path: str, document: str, title: str) -> None:
        """Add the page and its files."""
