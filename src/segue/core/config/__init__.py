"""Typed settings: declared by a class, filled from files and the environment."""
