"""Whether a method of discovery fits the samples that it is given, known before any sample is read."""

from collections.abc import Iterator

from symscope.config.algebra_names import algebra_dimension
from symscope.config.augerino import Augerino
from symscope.config.discovery import GeneratorSettings, SearchSpace
from symscope.config.liegg import LieGG
from symscope.config.methods import LensMethod, Method
from symscope.config.msr import Msr
from symscope.config.null_space import NullSpaceEngine
from symscope.config.symmetrygan import SymmetryGan
from symscope.config.symmetrylens_images import SymmetryLensImages


def free_entries(space: SearchSpace, dimension: int) -> int | None:
    """Count the entries of a real matrix that may differ from zero; None where the search space is of another size."""
    if not isinstance(space, str):
        fits = len(space) == dimension and all(len(row) == dimension for row in space)
        return sum(map(sum, space)) if fits else None
    counts = {"full": dimension**2, "affine": dimension * (dimension - 1)}
    if dimension % 2 == 0:
        counts["2x2"] = 2 * dimension
    if dimension == 8:
        counts["4x4"] = 32
    return counts.get(space)


def method_misfits(method: Method, dimension: int, *, images: bool = False) -> Iterator[str]:
    """Say what does not fit samples that are vectors of this dimension, or images; each sentence begins with its key."""
    if isinstance(method, SymmetryLensImages) and (misfit := method.size_misfit(dimension)) is not None:
        yield misfit
    if isinstance(method, LensMethod | NullSpaceEngine):
        return
    if isinstance(method, LieGG | Msr):
        if images:
            yield (
                f"name is '{method.name}', which is for vectors, and the samples are images; "
                "allowed: liegan, symmetrygan, augerino"
            )
        return
    if isinstance(method, SymmetryGan):
        yield from _misfits_of_space("element", method.element.search_space, dimension)
    else:
        yield from _misfits_of_generator(method.generator, dimension)
    if isinstance(method, Augerino) or images:
        return
    if method.discriminator.kind == "conv":
        yield "discriminator.kind is 'conv', which is for images, and the samples are vectors; allowed: mlp"
    if method.regularizer.kind == "fourier":
        yield (
            "regularizer.kind is 'fourier', which is for images, and the samples are vectors; "
            "allowed: cosine, relative_difference"
        )


def _misfits_of_space(key: str, space: SearchSpace, dimension: int) -> Iterator[str]:
    size = f"{dimension} x {dimension}"
    free = free_entries(space, dimension)
    if free is None:
        allowed = "full, affine, 2x2" if dimension % 2 == 0 else "full, affine"
        found = f"'{space}'" if isinstance(space, str) else "a matrix of another size"
        yield (
            f"{key}.search_space is {found}, and the generators are {size}; "
            f"allowed: {allowed} or {dimension} rows of {dimension} zeros and ones"
        )
    elif free == 0:
        yield f"{key}.search_space is all zeros, which leaves nothing to learn; set at least one entry to 1"


def _misfits_of_generator(basis: GeneratorSettings, dimension: int) -> Iterator[str]:
    yield from _misfits_of_space("generator", basis.search_space, dimension)
    free = free_entries(basis.search_space, dimension)
    if free and basis.constraint == "orthonormal" and basis.channels > free:
        yield (
            f"generator.channels is {basis.channels}, and at most {free} generators of {dimension} x {dimension} can be "
            "orthonormal in this search space; lower it, or set generator.constraint: free"
        )
    if basis.initial_algebra is not None and algebra_dimension(basis.initial_algebra) != dimension:
        yield (
            f"generator.initial_algebra is '{basis.initial_algebra}', with matrices of size "
            f"{algebra_dimension(basis.initial_algebra)}, and the samples have {dimension} components; "
            "name an algebra of that size"
        )
