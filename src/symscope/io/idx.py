"""Images and labels in IDX files, the format of MNIST (LeCun, Cortes and Burges).

A file is big-endian: two zero bytes, a byte for the type (0x08: unsigned byte), a byte for the number of axes, each
axis' length as a 32-bit integer, then the values.
"""

import gzip
import hashlib
import math
import struct
import zlib
from collections.abc import Mapping
from io import BufferedIOBase
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from numpy import ndarray

from symscope.errors import DataError
from symscope.io.files import first_line, require_file

MOST_BYTES = 1 << 30
"""Largest array that is read; MNIST's has 47 million bytes."""
_UNSIGNED_BYTE = 0x08
_PIECE = 1 << 20
_GZIP = b"\x1f\x8b"


def read_idx_pair(
    images: Path, labels: Path, *, sha256: Mapping[str, str] | None = None
) -> tuple[UInt8[ndarray, "n height width"], UInt8[ndarray, " n"]]:
    """Read a file of images and the file of their labels.

    Parameters
    ----------
    images, labels
        IDX files of unsigned bytes with three axes and one, gzip or not.
    sha256
        Expected SHA-256 sums by path, of the files as they are; files that it does not name are not checked.

    Raises
    ------
    DataError
        Where a file is missing, has another checksum, is malformed, or the two do not belong together.
    """
    pictures, classes = read_idx(images, axes=3, sha256=sha256), read_idx(labels, axes=1, sha256=sha256)
    if len(pictures) != len(classes):
        raise DataError(
            f"{images} holds {len(pictures)} images and {labels} {len(classes)} labels; give files that belong together"
        )
    if not pictures.size:
        raise DataError(f"{images} holds images of shape {pictures.shape}; at least one pixel is needed")
    return pictures, classes


def read_idx(path: Path, *, axes: int, sha256: Mapping[str, str] | None = None) -> UInt8[ndarray, "..."]:
    """Read one IDX file of unsigned bytes with so many axes.

    Memory is taken for what the file really holds, and never more than :data:`MOST_BYTES`, whatever its head says.
    """
    require_file(path)
    expected = (sha256 or {}).get(str(path))
    try:
        if expected is not None:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
            if found != expected:
                raise DataError(f"{path} has the SHA-256 sum {found}, and {expected} is expected; fetch the file again")
        with path.open("rb") as file:
            packed = file.read(2) == _GZIP
        with gzip.open(path, "rb") if packed else path.open("rb") as file:
            return _read_open(file, path, axes)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} cannot be read ({first_line(error)}); fetch the file again") from error


def _read_open(file: BufferedIOBase, path: Path, axes: int) -> UInt8[ndarray, "..."]:
    head = file.read(4)
    wanted = bytes([0, 0, _UNSIGNED_BYTE, axes])
    if head != wanted:
        raise DataError(
            f"{path} begins with the bytes {head.hex(' ') or 'of an empty file'}, and an IDX file of unsigned bytes with {axes} "
            f"{'axes' if axes > 1 else 'axis'} begins with {wanted.hex(' ')}; name a file of {'images' if axes == 3 else 'labels'}"
        )
    sizes = file.read(4 * axes)
    if len(sizes) < 4 * axes:
        raise DataError(f"{path} ends within its head, after {4 + len(sizes)} bytes; fetch the file again")
    shape = struct.unpack(f">{axes}I", sizes)
    count = math.prod(shape)
    if count > MOST_BYTES:
        raise DataError(
            f"{path} announces {count:,} values (shape {shape}), and {MOST_BYTES:,} are the most; name another file"
        )
    values = bytearray()
    while len(values) < count and (piece := file.read(min(_PIECE, count - len(values)))):
        values += piece
    if len(values) < count:
        raise DataError(
            f"{path} announces {count:,} values (shape {shape}) and holds {len(values):,}; fetch the file again"
        )
    if file.read(1):
        raise DataError(
            f"{path} holds more than the {count:,} values that it announces (shape {shape}); fetch the file again"
        )
    return np.frombuffer(values, np.uint8).reshape(shape)
