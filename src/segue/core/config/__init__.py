"""Typed settings: declared by a class, filled from files and the environment.

class Config(Settings):
    secret_key: Secret[str]
    page_size: int = 20

loaded = Config.load()
loaded.value.page_size, loaded.origins["page_size"]
"""

from segue.core.config.describe import Line, describe, table
from segue.core.config.durations import parse_duration
from segue.core.config.loading import Loaded
from segue.core.config.masking import MASK, looks_secret, mask, mask_urls
from segue.core.config.secret import Secret
from segue.core.config.secret_key import development_key, problem_for_production
from segue.core.config.settings import Settings
from segue.core.config.sources import Origin

__all__ = [
    "MASK",
    "Line",
    "Loaded",
    "Origin",
    "Secret",
    "Settings",
    "describe",
    "development_key",
    "looks_secret",
    "mask",
    "mask_urls",
    "parse_duration",
    "problem_for_production",
    "table",
]
