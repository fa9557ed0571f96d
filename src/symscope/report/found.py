"""What was found in data made here, read from files beside the data."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from jaxtyping import Shaped
from numpy import ndarray

from symscope.discovery.symmetrylens.result import LensResult
from symscope.errors import DataError
from symscope.io.files import PathLike
from symscope.io.lens import read_lens
from symscope.io.samples import read_split


class Found(NamedTuple):
    """One discovery of translations and its data."""

    role: str
    """What it plays in the report."""
    result: LensResult
    """What was discovered."""
    dataset: Mapping[str, Any]
    """Settings of the data as plain values."""
    samples: Shaped[ndarray, "sample d"]
    """The test split, which the discovery has not seen."""
    options: dict[str, Any]
    """`success_cosine`, where the experiment says it."""


def read_found(
    lenses: Sequence[PathLike],
    datasets: Sequence[PathLike],
    experiments: Mapping[str, Mapping[str, Any]],
    *,
    roles: Sequence[str],
    source: str,
    passed_over: Sequence[str] = (),
) -> Iterator[Found]:
    """Read results and data, one after the other.

    Parameters
    ----------
    lenses
        Files of :func:`symscope.io.lens.write_lens`.
    datasets
        Files of samples in the same order.
    experiments
        Role to `dataset` (the settings of the data as plain values) and, where there is one, `truth` with
        `success_cosine`, in the same order.
    roles
        Roles that are allowed.
    source
        Source that the datasets must have, so that the truth is known.
    passed_over
        Roles of methods that find something else; their files are not read.

    Raises
    ------
    DataError
        Where a role is unknown, or nothing is known about the truth because the samples are not made here.
    """
    for (role, about), lens, dataset in zip(experiments.items(), lenses, datasets, strict=True):
        if role in passed_over:
            continue
        if role not in roles:
            raise DataError(f"'{role}' is no role of this target of SymmetryLens; allowed: {', '.join(roles)}")
        settings = about["dataset"]
        if settings.get("source") != source:
            raise DataError(
                f"the data of '{role}' come from '{settings.get('source')}', where no truth is known; this target needs "
                f"a dataset with the source '{source}'"
            )
        x = read_split(dataset, "test").x
        options = {key: value for key, value in (about.get("truth") or {}).items() if key == "success_cosine"}
        yield Found(role, read_lens(lens), settings, x.reshape(len(x), -1), options)
