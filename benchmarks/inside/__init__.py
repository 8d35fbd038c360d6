"""The measured side: programs that run in `benchmarks/.venv` and print JSON.

No server, no sockets: an application is called as a server would call it.
"""
