"""Files appear whole or not at all: write aside, then rename."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def atomic_path(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary path beside `path` and rename it into place when the block ends well.

    Parameters
    ----------
    path
        The file to write. Its folder is created. The temporary name keeps the suffix, because writers (matplotlib,
        h5py) look at it.

    Yields
    ------
    Path
        Where to write. It is removed when the block raises; a killed process leaves it behind under a name that no
        reader looks for.
    """
    final = Path(path)
    final.parent.mkdir(parents=True, exist_ok=True)
    aside = final.with_name(f".{final.stem}.part-{os.getpid()}{final.suffix}")
    try:
        yield aside
        with aside.open("rb+") as handle:
            os.fsync(handle.fileno())
        aside.replace(final)
    finally:
        aside.unlink(missing_ok=True)
