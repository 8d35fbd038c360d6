"""A bookshop in three files."""
