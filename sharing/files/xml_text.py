"""Text that XML can contain: workbooks and transfer files are XML, but text from files and people may not fit in it."""

import re
from typing import Final

# Everything except the characters of XML 1.0, 2.2. lxml fails on any of these, and with it a file of 3,000 children.
_NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def fit_for_xml(text: str) -> str:
    """The text without characters that XML cannot contain."""
    return _NOT_IN_XML.sub("", text)
