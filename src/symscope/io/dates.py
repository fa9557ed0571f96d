"""Files that are dated in the future, by a clock that was wrong somewhere.

Programs that compare dates would make everything anew because of them, or refuse what they have just made as too old.
"""

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

TOLERANCE = 2.0
"""Seconds in the future that are let pass, because clocks of file servers differ a little."""


def dated_in_future(paths: Iterable[Path], *, now: float) -> list[tuple[float, Path]]:
    """Find files that are dated later than `now`, with their dates [s since 1970], the oldest first.

    Parameters
    ----------
    paths
        Files, and folders with all that is in them; what does not exist is left out.
    now
        The present [s since 1970].
    """
    found = []
    for path in paths:
        files = (Path(place, name) for place, _, names in os.walk(path) for name in names) if path.is_dir() else [path]
        for file in files:
            with contextlib.suppress(OSError):
                if (date := file.stat().st_mtime) > now + TOLERANCE:
                    found.append((date, file))
    return sorted(found)


def bring_to_present(paths: Iterable[Path], *, now: float) -> list[Path]:
    """Date files of our own from the future to the present, in the order of their dates; what is newer stays newer.

    Parameters
    ----------
    paths, now
        See :func:`dated_in_future`.

    Returns
    -------
    list
        The files, the oldest first.
    """
    found = [file for _, file in dated_in_future(paths, now=now)]
    for number, file in enumerate(found):
        moment = int(1e9 * now) - 1000 * (len(found) - number)  # a microsecond apart
        with contextlib.suppress(OSError):
            os.utime(file, ns=(moment, moment))
    return found
