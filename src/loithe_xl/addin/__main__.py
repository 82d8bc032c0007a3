"""``python -m loithe_xl.addin <button> [vi|en]``: a button's work where Excel may not start programs itself."""

import sys

from loithe_xl.addin import start

if __name__ == "__main__":
    sys.exit(start(sys.argv[1:]))
