"""Watching an app: logs that can be read, searched and not forged.

from segue.observe import bound, setup

setup(level="info", format="json")
with bound(order=7):
logging.getLogger("shop").info("paid", extra={"amount": 12})
"""

from segue.observe.logs import bound, setup

__all__ = ["bound", "setup"]
