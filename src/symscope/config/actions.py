"""How a group element acts on an array of samples."""

from typing import Literal

ActionName = Literal["vector", "trivial", "image_grid", "image_grid_cubic", "complex_vector"]
"""How a group element acts on an array: on the last axis as a vector; not at all; by moving the grid of an image (last
two axes) with an affine map, read bilinearly or bicubically between pixels; on the last axis as a complex vector."""
