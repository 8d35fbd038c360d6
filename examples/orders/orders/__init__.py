"""Orders of a bookshop, for other programs."""
