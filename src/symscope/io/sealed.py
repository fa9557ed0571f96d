"""Our own HDF5 files carry a checksum, so that damage is told before any library trips over it.

HDF5 leaves the first bytes of a file to its writer (the user block). There stands one line, ``symscope-seal-1``, the
SHA-256 sum of all that follows, and its length. Other programs read such a file as any HDF5.
"""

import functools
import hashlib
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py

from symscope.errors import DataError
from symscope.io.atomic import atomic_path
from symscope.io.json_files import DELETE_IT

PathLike = str | os.PathLike[str]

SEALED_BYTES = 1 << 28
"""Longest content whose sum is taken [bytes], a fraction of a second; of a longer one the length is checked, and each of
its chunks by HDF5."""
_BLOCK = 512
_VERSIONS = ("v110", "v110")
"""Of HDF5's layout: since 1.10 all that describes the content has checksums of its own."""
_SLACK = 1 << 22
"""Room for what the library writes beside the values [bytes]."""
_MAGIC = b"symscope-seal-1"
_HDF5 = b"\x89HDF\r\n\x1a\n"
_LINE = re.compile(rb"symscope-seal-1 sha256=([0-9a-f]{64}|-) bytes=(\d{1,19})\n\0*")


@contextmanager
def sealed_hdf5(path: PathLike, wanted: str, *, version: int, size: int = 0) -> Iterator[h5py.File]:
    """Write one of our own HDF5 files: it appears whole or not at all, and the same content gives the same bytes.

    The library crashes where a disk is full, so a small file is made in memory and written by us.

    Parameters
    ----------
    path
        The file.
    wanted, version
        Its attributes ``format`` and ``format_version``; see :func:`symscope.io.files.open_own_hdf5`.
    size
        About how long it will be [bytes]. From :data:`SEALED_BYTES` on it is written piece by piece, into room that is
        reserved first.
    """
    if size >= SEALED_BYTES:
        with growing_hdf5(path, wanted, version=version) as (file, reserve):
            reserve(size)
            yield file
        return
    with atomic_path(path) as aside:
        with h5py.File(aside, "w", driver="core", backing_store=False, userblock_size=_BLOCK, libver=_VERSIONS) as file:
            file.attrs["format"] = wanted
            file.attrs["format_version"] = version
            yield file
            file.flush()
            image = file.id.get_file_image()
        aside.write_bytes(bytes(_BLOCK) + image)  # which comes without the user block
        seal_file(aside)


@contextmanager
def growing_hdf5(path: PathLike, wanted: str, *, version: int) -> Iterator[tuple[h5py.File, Callable[[int], None]]]:
    """Write one of our own HDF5 files of any length piece by piece; see :func:`sealed_hdf5`.

    Yields
    ------
    tuple
        The file, and a function that reserves room on the disk [bytes], to be called before each piece: it raises an error that
        can be caught where the disk is full.
    """
    with atomic_path(path) as aside:
        with h5py.File(aside, "w", userblock_size=_BLOCK, libver=_VERSIONS) as file:
            file.attrs["format"] = wanted
            file.attrs["format_version"] = version
            reserved = 0

            def reserve(more: int) -> None:
                nonlocal reserved
                if not hasattr(os, "posix_fallocate"):
                    return  # macOS has none, and a full disk is told by the library there
                with aside.open("r+b") as handle:
                    os.posix_fallocate(handle.fileno(), reserved, more + _SLACK - reserved % _SLACK)
                reserved += more

            reserve(_SLACK)
            yield file, reserve
            file.flush()
            length = file.id.get_filesize()
        os.truncate(aside, length)
        seal_file(aside)


def check_seal(path: Path) -> bool:
    """Tell whether a file has a seal and is as it was written; one that is not becomes a DataError."""
    stat = path.stat()
    told = _verdict(path.absolute(), stat.st_ino, stat.st_size, stat.st_mtime_ns)
    if told:
        raise DataError(f"{path} is damaged: {told}; {DELETE_IT}")
    return told is not None


@functools.lru_cache(maxsize=256)
def _verdict(path: Path, inode: int, size: int, modified: int) -> str | None:
    """Say what is wrong with a sealed file; an empty text where nothing is, None where it has no seal."""
    del inode, modified  # only to ask again when the file is another one
    with path.open("rb") as file:
        head = file.read(_BLOCK)
        if head.startswith(_HDF5):
            return None  # made by another program
        line = _LINE.fullmatch(head)
        if line is None:  # of what is no HDF5 at all, the library says so better
            return "its first line is no seal" if h5py.is_hdf5(path) else None
        digest, length = line[1].decode(), int(line[2])
        if length != size - _BLOCK:
            return f"{size - _BLOCK:,} bytes follow its seal, and {length:,} were written"
        if digest != "-" and hashlib.file_digest(file, "sha256").hexdigest() != digest:
            return "its content does not have the checksum that was written with it"
    return ""


def seal_file(path: Path) -> None:
    """Write the seal of a file that has room for it, over an older one."""
    with path.open("r+b") as file:
        length = file.seek(0, os.SEEK_END) - _BLOCK
        file.seek(_BLOCK)
        digest = hashlib.file_digest(file, "sha256").hexdigest() if length <= SEALED_BYTES else "-"
        file.seek(0)
        file.write(f"{_MAGIC.decode()} sha256={digest} bytes={length}\n".encode().ljust(_BLOCK, b"\0"))
