"""From a checkout, `python cli.py …` is the same command as the installed `lifecycle`."""

from lifecycle.cli import main

if __name__ == "__main__":
    main()
