"""Shapes: one neutral description of a type, and what reads it."""
