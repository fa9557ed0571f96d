"""IDX files of images and labels, good and bad."""

import gzip
import hashlib
import struct
import tracemalloc

import numpy as np
import pytest

from symscope.errors import DataError
from symscope.io.idx import read_idx, read_idx_pair

PICTURES = np.arange(5 * 3 * 4, dtype=np.uint8).reshape(5, 3, 4)
CLASSES = np.array([3, 1, 4, 1, 5], np.uint8)


def idx_bytes(values: np.ndarray, *, kind: int = 8, sizes: tuple[int, ...] | None = None) -> bytes:
    sizes = values.shape if sizes is None else sizes
    return struct.pack(f">BBBB{len(sizes)}I", 0, 0, kind, len(sizes), *sizes) + values.tobytes()


@pytest.fixture
def write(tmp_path):
    def put(name: str, content: bytes):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return put


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_what_was_written_is_read(write, pack):
    images, labels = write("images", pack(idx_bytes(PICTURES))), write("labels", pack(idx_bytes(CLASSES)))
    sums = {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in (images, labels)}
    pictures, classes = read_idx_pair(images, labels, sha256=sums)
    np.testing.assert_array_equal(pictures, PICTURES)
    np.testing.assert_array_equal(classes, CLASSES)


GOOD = idx_bytes(PICTURES)
DAMAGED = bytearray(gzip.compress(GOOD * 50, mtime=0))
DAMAGED[40] ^= 0xFF
WRONG_SUM = bytearray(gzip.compress(GOOD, mtime=0))
WRONG_SUM[-6] ^= 0xFF


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "no bytes|empty"),
        (b"\x00", "begins with the bytes 00"),
        (b"hello, world", "begins with the bytes 68 65 6c 6c"),
        (idx_bytes(CLASSES), "begins with the bytes 00 00 08 01"),
        (idx_bytes(PICTURES.astype(">f4"), kind=13), "begins with the bytes 00 00 0d 03"),
        (GOOD[:9], "ends within its head"),
        (GOOD[:-1], "announces 60 values .* holds 59"),
        (GOOD + b"\x00", "holds more than the 60 values"),
        (idx_bytes(PICTURES, sizes=(2**32 - 1,) * 3), "are the most"),
        (gzip.compress(GOOD, mtime=0)[:-9], "cannot be read"),
        (bytes(DAMAGED), "cannot be read|announces|holds|begins"),
        (bytes(WRONG_SUM), "cannot be read"),
        (b"\x1f\x8bnonsense", "cannot be read"),
        (gzip.compress(GOOD[:-1], mtime=0), "holds 59"),
    ],
)
def test_malformed_files_are_refused_in_one_sentence(write, content, told):
    path = write("images", content)
    with pytest.raises(DataError, match=told) as error:
        read_idx(path, axes=3)
    assert "\n" not in str(error.value)
    assert str(path) in str(error.value)


def test_memory_follows_what_a_file_holds_and_not_what_it_announces(write):
    path = write("images", idx_bytes(PICTURES, sizes=(1000, 1000, 1000)))
    tracemalloc.start()
    with pytest.raises(DataError, match="holds 60"):
        read_idx(path, axes=3)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20


def test_files_that_do_not_belong_together_are_refused(write):
    images, labels = write("images", GOOD), write("labels", idx_bytes(CLASSES[:4]))
    with pytest.raises(DataError, match=r"5 images .* 4 labels"):
        read_idx_pair(images, labels)
    with pytest.raises(DataError, match="begins with"):
        read_idx_pair(labels, images)
    with pytest.raises(DataError, match=r"absent"):
        read_idx_pair(images.with_name("absent"), labels)
    with pytest.raises(DataError, match="SHA-256"):
        read_idx_pair(images, labels, sha256={str(images): "0" * 64})
    empty = write("none", idx_bytes(PICTURES[:0])), write("none_of_none", idx_bytes(CLASSES[:0]))
    with pytest.raises(DataError, match="at least one pixel"):
        read_idx_pair(*empty)
