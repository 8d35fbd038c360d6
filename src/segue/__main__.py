"""`python -m segue` is `segue`."""

from segue.cli.main import main

__all__: list[str] = []

if __name__ == "__main__":
    main()
