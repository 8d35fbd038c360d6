"""Measure Segue and its peers: `python benchmarks/run.py http|walk|...|all`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from measure.command import main

if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
