"""`python -m tuneplay`."""

from tuneplay.cli.main import main

if __name__ == "__main__":
    main()
