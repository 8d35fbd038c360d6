"""Typed clients, written from the OpenAPI document of an app.

It reads the document, a plain dict, and nothing else of the app.
"""

from segue.clients.write import write_typescript

__all__ = ["write_typescript"]
