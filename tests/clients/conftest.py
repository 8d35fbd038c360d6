"""What the tests of clients share: documents to write them from."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
