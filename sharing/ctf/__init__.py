"""The Common Transfer File: what its reader and its writer both know (formats page 3)."""

from collections.abc import Mapping
from typing import Final

VERSIONS: Final = range(19, 26)
VERSION_WRITTEN: Final = "25.0"
UNKNOWN_LA, UNKNOWN_SCHOOL = "XXX", "XXXX"

# Key stages of the file -> ours. The multiplication tables check is a component of key stage 2, phonics of key stage 1.
STAGE: Final[Mapping[str, str]] = {"FS": "FS", "KS1": "K1", "KS2": "K2", "KS3": "K3", "KS4": "K4"}
COMPONENT_STAGE: Final[Mapping[tuple[str, str], str]] = {("KS2", "MTC"): "MT", ("KS1", "PHO"): "PH"}


def file_name(source: str, destination: str, serial: int) -> str:
    """LLLEEEE_CTF_LLLEEEE_nnn.xml; both numbers have seven characters."""
    return f"{source}_CTF_{destination}_{serial:03}.xml"
