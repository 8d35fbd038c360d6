"""The runner's side of the benchmarks: start, load, account, report.

Standard library only, so it runs with any Python 3.11 or later; what is measured runs
in `benchmarks/.venv`.
"""
