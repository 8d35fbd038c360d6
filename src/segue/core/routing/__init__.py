"""Routing: a path to what it leads to, and back; knows nothing of handlers."""
