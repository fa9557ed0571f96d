"""Files appear whole or not at all: write aside, then rename."""

import contextlib
import errno
import glob
import os
import re
import secrets
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from symscope.errors import OutputError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_REFUSED = {errno.EROFS, errno.EACCES, errno.EPERM}
_ROOM = 1 << 16
"""Free bytes below which a disk counts as full where a library does not say why it failed."""
_HOST = re.sub(r"[^A-Za-z0-9]", "", socket.gethostname())[:32] or "host"


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
        Where to write. It is removed when the block raises; a killed process leaves it behind under a hidden name that no
        reader looks for, and the next one that writes the same file on this machine removes it.

    Raises
    ------
    OutputError
        Where the disk is full, or nothing may be written there.
    """
    final = Path(path)
    aside = final.with_name(f".{final.stem}.part-{_HOST}-{os.getpid()}-{secrets.token_hex(3)}{final.suffix}")
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(final)
        # Libraries say in many ways that they could not make a file; this says it before they try.
        aside.touch(exist_ok=False)
        aside.unlink()
    except OSError as error:
        raise _not_written(final, error) from error
    try:
        yield aside
        with aside.open("rb+") as handle:
            os.fsync(handle.fileno())
        aside.replace(final)
    except (OSError, RuntimeError) as error:
        if _is_about_writing(error, final.parent):
            raise _not_written(final, error) from error
        raise
    finally:
        # Nothing more can be done about it, and what went wrong before is what counts.
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Let the names in a folder survive a power cut, where the file system can promise it."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def require_writable(folder: Path) -> None:
    """Raise an OutputError where nothing can be written into a folder, or into the first of those above it that exists."""
    where = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
    if not where.is_dir() or not os.access(where, os.W_OK | os.X_OK):
        raise OutputError(
            f"nothing can be written into {folder}, because {where} is read-only or belongs to somebody else; make it writable, or "
            "set 'results' to another folder"
        )


def remove_dead_files(folder: Path, pattern: str) -> None:
    """Remove files and folders that a dead process of this machine left in `folder`.

    Parameters
    ----------
    folder
        Where they are.
    pattern
        How they are called, a regular expression with the groups ``host`` and ``pid``.
    """
    for found in folder.glob(".*"):
        match = re.fullmatch(pattern, found.name)
        if match is None or match["host"] != _HOST or _alive(int(match["pid"])):
            continue
        if found.is_dir():
            shutil.rmtree(found, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                found.unlink()


def own_mark() -> str:
    """Part of a name that tells this process from all others, for :func:`remove_dead_files`."""
    return f"{_HOST}-{os.getpid()}"


def _remove_leftovers(final: Path) -> None:
    begins, ends = re.escape(f".{final.stem}.part-"), re.escape(final.suffix)
    if glob.glob(f"{glob.escape(str(final.parent / f'.{final.stem}.part-'))}*"):  # noqa: PTH207 - escaped as text
        remove_dead_files(final.parent, rf"{begins}(?P<host>[A-Za-z0-9]+)-(?P<pid>\d+)-[0-9a-f]+{ends}")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _is_about_writing(error: BaseException, folder: Path) -> bool:
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno in _FULL | _REFUSED
    try:
        return shutil.disk_usage(folder).free < _ROOM
    except OSError:
        return False


def _not_written(final: Path, error: BaseException) -> OutputError:
    number = error.errno if isinstance(error, OSError) else None
    where = next((folder for folder in final.absolute().parents if folder.is_dir()), Path("/"))
    if number in _REFUSED:
        return OutputError(
            f"{final} cannot be written, because {where} is read-only or belongs to somebody else ({os.strerror(number or 0)}); make "
            "it writable, or set 'results' to another folder"
        )
    if number == errno.EFBIG:
        return OutputError(
            f"{final} cannot be written, because it would be larger than files may be here ({os.strerror(errno.EFBIG)}); raise the "
            "limit (`ulimit -f`), or set 'results' to a folder on another disk"
        )
    if number in _FULL or number is None:
        free = shutil.disk_usage(where).free
        reason = "your quota is used up" if number == errno.EDQUOT else f"{free / 1e6:.1f} MB are free"
        return OutputError(
            f"{final} cannot be written, because the disk of {where} is full ({reason}); make room and run the same command "
            "again, or set 'results' to a folder on another disk; what was finished is kept"
        )
    return OutputError(
        f"{final} cannot be written ({os.strerror(number)}); look at the folder {where}, or set 'results' to another one"
    )
