"""Put any number of jets or records into random order in constant memory, by way of the disk.

Each jet goes to one of several buckets at random, each bucket is shuffled in memory, and the buckets follow each other:
every order is equally likely (Rao 1961, Sandelius 1962).
"""

import math
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from jaxtyping import Shaped

from symscope.io.atomic import own_mark, remove_dead_files
from symscope.io.jets import JetBatch, select_jets


@contextmanager
def scratch_folder(path: Path) -> Iterator[Path]:
    """Make an empty folder for temporary files and remove it at the end.

    Its name begins as `path` does and is this process' own, because a job of a run that was killed may still be at work on
    the same output. What dead processes of this machine left there goes first.
    """
    remove_dead_files(path.parent, rf"{re.escape(path.name)}-(?P<host>[A-Za-z0-9]+)-(?P<pid>\d+)")
    own = path.with_name(f"{path.name}-{own_mark()}")
    shutil.rmtree(own, ignore_errors=True)
    own.mkdir(parents=True)
    try:
        yield own
    finally:
        shutil.rmtree(own, ignore_errors=True)


class JetShuffler:
    """Takes jets in any order and gives them back in a random one.

    Parameters
    ----------
    folder
        An existing folder for the buckets, which take as much room as the jets.
    n_jets
        About how many jets will come.
    rng
        Random stream.
    bucket_jets
        Jets of one bucket, which is what is in memory at once; 50,000 jets of 200 constituents are 160 MB.
    """

    def __init__(self, folder: Path, n_jets: int, *, rng: np.random.Generator, bucket_jets: int = 50_000) -> None:
        self._buckets = [folder / f"{i:06d}" for i in range(max(1, math.ceil(n_jets / bucket_jets)))]
        self._rng = rng

    def add(self, batch: JetBatch) -> None:
        """Take jets."""
        bucket = self._rng.integers(len(self._buckets), size=batch.n_jets)
        for i in np.unique(bucket):
            part = batch if len(self._buckets) == 1 else select_jets(batch, bucket == i)
            for suffix, values in ((".momenta", part.momenta), (".counts", part.counts), (".labels", part.labels)):
                with self._buckets[i].with_suffix(suffix).open("ab") as handle:
                    handle.write(np.ascontiguousarray(values).data)

    def drain(self) -> Iterator[JetBatch]:
        """Give all jets back, bucket by bucket, and remove the buckets."""
        for bucket in self._buckets:
            files = [bucket.with_suffix(suffix) for suffix in (".momenta", ".counts", ".labels")]
            if not files[2].is_file():
                continue  # no jet fell into it
            momenta = np.fromfile(files[0], np.float32).reshape(-1, 4)
            batch = JetBatch.from_counts(momenta, np.fromfile(files[1], np.int64), np.fromfile(files[2], np.uint8))
            yield select_jets(batch, self._rng.permutation(batch.n_jets))
            for file in files:
                file.unlink()


_MOST_BUCKETS = 4096  # a damaged file may promise any number of records


class RecordShuffler:
    """Takes records of one size in any order and gives them back in a random one; see :class:`JetShuffler`.

    Parameters
    ----------
    folder
        An existing folder for the buckets, which take as much room as the records.
    kind
        Type of a record, a structured one.
    n_records
        About how many will come.
    rng
        Random stream.
    bucket_bytes
        Size of one bucket, which is in memory twice at once.
    """

    def __init__(
        self,
        folder: Path,
        kind: np.dtype[np.void],
        n_records: int,
        *,
        rng: np.random.Generator,
        bucket_bytes: int = 1 << 26,
    ) -> None:
        self._kind = kind
        buckets = math.ceil(n_records * kind.itemsize / bucket_bytes)
        self._buckets = [folder / f"{i:06d}" for i in range(max(1, min(buckets, _MOST_BUCKETS)))]
        self._rng = rng

    def add(self, records: Shaped[np.ndarray, " n"]) -> None:
        """Take records."""
        bucket = self._rng.integers(len(self._buckets), size=len(records))
        for i in np.unique(bucket):
            with self._buckets[i].open("ab") as handle:
                handle.write(records[bucket == i].tobytes())

    def drain(self) -> Iterator[Shaped[np.ndarray, " n"]]:
        """Give all records back, bucket by bucket, and remove the buckets."""
        for bucket in self._buckets:
            if not bucket.is_file():
                continue  # nothing fell into it
            records = np.fromfile(bucket, self._kind)
            yield records[self._rng.permutation(len(records))]
            bucket.unlink()
