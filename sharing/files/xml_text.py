"""Text as XML can hold it: a workbook and a transfer file are XML, and what files and people told may not be."""

import re
from typing import Final

# All but the characters of XML 1.0, 2.2. lxml breaks off at one of them, and with it a file of 3,000 children.
_NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def fit_for_xml(text: str) -> str:
    """Without what XML cannot hold."""
    return _NOT_IN_XML.sub("", text)
