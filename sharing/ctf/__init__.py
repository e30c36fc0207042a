"""The Common Transfer File: what both its reader and its writer need (formats page 3)."""

from collections.abc import Mapping
from typing import Final

VERSIONS: Final = range(19, 26)
"""Those whose content is known here. The Department brings out the next one each September ("CTF 24 will be valid for
use from September 2024"), and schools send it from then on: a newer one is read too, and the report says so."""
VERSION_WRITTEN: Final = "25.0"
UNKNOWN_LA, UNKNOWN_SCHOOL = "XXX", "XXXX"

# Key stages of the file -> ours. The multiplication tables check belongs to key stage 2, phonics to key stage 1.
STAGE: Final[Mapping[str, str]] = {"FS": "FS", "KS1": "K1", "KS2": "K2", "KS3": "K3", "KS4": "K4"}
COMPONENT_STAGE: Final[Mapping[tuple[str, str], str]] = {("KS2", "MTC"): "MT", ("KS1", "PHO"): "PH"}


def file_name(source: str, destination: str, serial: int) -> str:
    """The file's name: LLLEEEE_CTF_LLLEEEE_nnn.xml. Both numbers have seven characters."""
    return f"{source}_CTF_{destination}_{serial:03}.xml"
