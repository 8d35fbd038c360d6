"""The command line: `segue run`, `segue serve`, `segue routes` and the rest.

Each command lives in a file of its own that is imported when the command is
asked for, so `segue --help` stays fast. Own commands are typed functions:

    @app.command
    def reprice(percent: int, dry_run: bool = False):
        "Raise all prices."

    $ segue reprice 10 --dry-run
"""

__all__: list[str] = []
