"""Data: models, queries, transactions."""
