"""Only type-checked: settings are a typed class."""

from typing import assert_type

from segue import App, Secret, Settings


class Config(Settings):
    """What differs between machines."""

    secret_key: Secret[str]
    page_size: int = 20


app = App(Config)


@app.get("/about")
def about(config: Config) -> str:
    """Ask for the settings by their type."""
    assert_type(config.page_size, int)
    assert_type(config.secret_key.reveal(), str)
    return str(config.page_size)
