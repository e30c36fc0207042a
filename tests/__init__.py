"""The tests. What is compiled is kept, whatever the shell says: they start many processes that use it again."""

import os
import sys

sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
