"""Samples of a discovery from events of the user's own: the first of each split, which stand in random order."""

from dataclasses import replace

from symscope.errors import DataError
from symscope.io.files import PathLike
from symscope.io.samples import SamplesWriter, count_samples, iterate_split, read_header
from symscope.provenance import provenance

_STEP = 50_000


def build_events(dataset: PathLike, output: PathLike, *, n_samples: int | None) -> dict[str, int]:
    """Copy events as samples: x (n, objects, d) and what belongs to them.

    Parameters
    ----------
    dataset
        Samples file with dense events in random order.
    output
        Samples file to write; it appears whole or not at all.
    n_samples
        Largest number of events of each split; None takes all of them.

    Returns
    -------
    dict
        Number of samples of each split.

    Raises
    ------
    DataError
        Where the dataset holds no events of vectors.
    """
    header = read_header(dataset)
    made = provenance(step="build_samples", settings={"n_samples": n_samples}, seeds=[])
    written = {}
    with SamplesWriter(output, replace(header, provenance={**made, "input": header.provenance})) as writer:
        for split, size in count_samples(dataset).items():
            wanted = size if n_samples is None else min(n_samples, size)
            left = wanted
            for piece in iterate_split(dataset, split, step=_STEP):
                if left <= 0:
                    break
                if piece.x.ndim != 3 or piece.offsets is not None:
                    raise DataError(
                        f"{dataset} holds x of shape {piece.x.shape}, and events (n, objects, components) are needed; take another sampling"
                    )
                writer.append(split, piece.x[:left], piece.y[:left])
                left -= len(piece.y)
            written[split] = wanted
    return written
