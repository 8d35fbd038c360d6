"""Migrations: what the app's tables should be like, written down step by step."""

__all__: list[str] = []
