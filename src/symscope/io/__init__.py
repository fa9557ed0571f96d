"""Reading and writing files, nothing else; the readers of ROOT and of other people's HDF5 are in modules of their own.

Those are imported by their full names (:mod:`symscope.io.root`, :mod:`symscope.io.jets_hdf5`), so that a job without
such a file does not load uproot or the decompression filters.
"""

from symscope.io.atomic import atomic_path
from symscope.io.jets import JetBatch, concatenate_jets, select_jets, sort_constituents
from symscope.io.samples import (
    SamplesHeader,
    SamplesWriter,
    Split,
    count_samples,
    iterate_split,
    read_header,
    read_split,
)

__all__ = [
    "JetBatch",
    "SamplesHeader",
    "SamplesWriter",
    "Split",
    "atomic_path",
    "concatenate_jets",
    "count_samples",
    "iterate_split",
    "read_header",
    "read_split",
    "select_jets",
    "sort_constituents",
]
