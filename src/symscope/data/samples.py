"""Take the samples that a discovery sees from a dataset of any kind."""

from symscope.config.sampling import AnySampling, Atoms, Constituents, Events, Images, Windows
from symscope.data.atoms import build_atoms
from symscope.data.constituents import build_constituents
from symscope.data.digits import build_images
from symscope.data.events import build_events
from symscope.data.rows import build_rows
from symscope.data.windows import build_windows
from symscope.io.files import PathLike


def build_samples(dataset: PathLike, output: PathLike, *, sampling: AnySampling, seed: int) -> dict[str, int]:
    """Write the samples file of a discovery.

    Parameters
    ----------
    dataset
        Samples file with whole events: jets, trajectories, molecules, images, signals, or events of the user's own.
    output
        Samples file to write; it appears whole or not at all.
    sampling
        What is taken of each event.
    seed
        Decides which events or windows where not all are taken, and their order.

    Returns
    -------
    dict
        Number of samples of each split.

    Raises
    ------
    DataError
        Where the dataset holds fewer samples than wanted, or events too short for them.
    """
    if isinstance(sampling, Constituents):
        return build_constituents(dataset, output, objects=sampling.objects, n_samples=sampling.n_samples, seed=seed)
    if isinstance(sampling, Windows):
        return build_windows(
            dataset, output, past=sampling.past, future=sampling.future, n_samples=sampling.n_samples, seed=seed
        )
    if isinstance(sampling, Atoms):
        return build_atoms(
            dataset,
            output,
            objects=sampling.objects,
            hydrogens=sampling.hydrogens,
            n_samples=sampling.n_samples,
            seed=seed,
        )
    if isinstance(sampling, Images):
        return build_images(dataset, output, n_samples=sampling.n_samples, seed=seed)
    if isinstance(sampling, Events):
        return build_events(dataset, output, n_samples=sampling.n_samples)
    return build_rows(dataset, output, n_samples=sampling.n_samples)
