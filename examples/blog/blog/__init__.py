"""A blog: its models and its API."""
