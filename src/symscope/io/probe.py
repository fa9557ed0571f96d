"""A first look into other people's HDF5 files by a process that may die of it.

The HDF5 library trusts what a file says of itself: damage, or malice, can make it crash, run for ever, or ask for all
memory, and no error can be caught then. So a short-lived copy of this process opens the file first and looks at everything in
it; what kills the copy is refused.
"""

import functools
import os
import resource
import signal
import warnings
from pathlib import Path

import h5py

from symscope.errors import DataError

SECONDS = 5
"""Processor time for the look [s]; a sound file takes milliseconds."""
WHOLE_BYTES = 1 << 26
"""Of files up to so long all values are read [bytes], of others the first and the last of each dataset."""
_MEMORY = 1 << 32


def probe_hdf5(path: Path) -> None:
    """Raise a DataError where looking into a file kills a process."""
    stat = path.stat()
    told = _verdict(path.absolute(), stat.st_ino, stat.st_size, stat.st_mtime_ns)
    if told:
        raise DataError(
            f"{path} makes the HDF5 library {told}, so it is damaged, or made to do harm; fetch or make the file again"
        )


@functools.lru_cache(maxsize=256)
def _verdict(path: Path, inode: int, size: int, modified: int) -> str:
    """Say what the file does to the library; an empty text where it does nothing bad."""
    del inode, modified  # only to ask again when the file is another one
    if not hasattr(os, "fork"):
        return ""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forks beside threads: the copy uses none
        child = os.fork()
    if child == 0:
        status = 1
        try:
            _look(path, whole=size <= WHOLE_BYTES)
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        return ""
    number = os.WTERMSIG(status)
    return "run without end" if number == signal.SIGXCPU else f"crash ({signal.Signals(number).name})"


def _look(path: Path, *, whole: bool) -> None:
    """Touch everything that a reader may touch; errors that can be caught are left to the reader."""
    for number in (signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGFPE, signal.SIGXCPU, signal.SIGPROF):
        signal.signal(number, signal.SIG_DFL)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 2)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_AS, (used + _MEMORY, resource.RLIM_INFINITY))
    with h5py.File(path, "r") as file:
        names: list[str] = [""]
        _caught(lambda: file.visit(names.append))
        for name in names:
            _caught(lambda name=name: _touch(file[name or "/"], whole=whole))


def _touch(item: h5py.Group | h5py.Dataset, *, whole: bool) -> None:
    for key in item.attrs:
        _caught(lambda key=key: item.attrs[key])
    if isinstance(item, h5py.Dataset) and item.shape is not None:
        _ = item.dtype
        _ = item[()] if whole or not item.shape else (item[:1], item[-1:])


def _caught(look: object) -> None:
    try:
        look()  # type: ignore[operator]
    except Exception:  # noqa: BLE001 - the reader meets it again, and says it
        return
