"""Writes the release of an invented authority: `python -m sharing.statistics.try_out FOLDER [SIZE]`.

SIZE 1 is the size of Bradford, with about 117,000 pupils.
"""

import sys
from pathlib import Path

from sharing.statistics import files
from sharing.statistics.invented import invented
from sharing.statistics.reading import written_right
from sharing.statistics.release import build


def main(folder: str, size: str = "1") -> None:
    release = build(invented(size=float(size)), coarsen=True)
    files.write(release, Path(folder))
    written_right(release, Path(folder))
    lost = release.loss
    sys.stdout.write(
        f"{release.id}: {lost.cells} counts, mean distance {lost.mean:.2f}, largest {lost.largest}, "
        f"held at the authority: {', '.join(release.held) or 'none'}\n"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
