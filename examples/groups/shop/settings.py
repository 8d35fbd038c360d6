"""Which settings the shop has; segue.toml, .env and the environment fill them."""

from segue import Secret, Settings

__all__ = ["Config"]


class Config(Settings):
    """The settings of the shop."""

    name: str = "The Corner Bookshop"
    currency: str = "EUR"
    till_key: Secret[str] = Secret("only for development")
