"""The tests. Compiled files are kept, whatever the shell's settings: the tests start many processes that reuse them."""

import os
import sys

sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
