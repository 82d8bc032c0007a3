"""Lets ``python -m loithe_xl`` do what the command ``loithe-xl`` does."""

from loithe_xl.cli import main

if __name__ == "__main__":
    main()
