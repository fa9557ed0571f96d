"""Settings of the search for the scale of a generator whose coefficients are integers."""

from pydantic import Field, model_validator

from symscope.config.base import FiniteSettings


class ScaleSearch(FiniteSettings):
    """A training in three parts: the direction of L, its scale, and both together.

    With integer coefficients the scale of L counts, and the game alone does not find it: between the scales of a cyclic
    group the loss is flat, and every rational part of a period is a shallow well. So L first keeps its norm while the integers
    are stretched by factors that sweep over all scales, which shows its direction and lets the discriminator see group
    elements of every size. Then the discriminator judges L at many scales, and the smallest one that it finds about as
    hard to tell as the best is taken: the larger ones are powers of that element. From there the game goes on as usual.

    Most of the elements in the sweep are far from the group. Under the usual loss, -log D, these have the largest gradients, and pull
    L to whatever makes them a little better, such as a turn that stretches z as well. Under the saturating loss, log(1 - D),
    an element counts by how well it passes; with it the direction comes out right also for orders as small as 2.
    """

    direction_until: float = Field(default=0.3, gt=0, lt=1)
    """Share of the training during which the direction of L is learned; its learning rate falls to zero at the end."""
    until: float = Field(default=0.75, gt=0, lt=1)
    """Share of the training after which the scale is chosen; from `direction_until` to here only the discriminator learns."""
    lowest: float = Field(default=0.35, gt=0)
    """Smallest Frobenius norm of L that is tried; a smaller generator, the identity above all, is never found."""
    highest: float = Field(default=4.8, gt=0)
    """Largest one."""
    candidates: int = Field(default=250, ge=10, le=10_000)
    """Norms that are tried, evenly spaced in their logarithm."""
    batches: int = Field(default=8, ge=1, le=1000)
    """Batches of samples on which the discriminator judges each."""
    smoothing: float = Field(default=0.015, gt=0, lt=1)
    """Width of the Gaussian by which the loss is smoothed along the logarithm of the norm."""
    tolerance: float = Field(default=0.25, gt=0, lt=1)
    """A norm is about as good as the best where its loss is above the least one by no more than this share of the difference
    between the median and the least. A well at half a period is half as deep, and deeper where the direction is not yet precise,
    which blurs the wells at large norms; so this stays well below one half."""

    @model_validator(mode="after")
    def _in_order(self) -> "ScaleSearch":
        if self.direction_until > self.until:
            raise ValueError(f"direction_until is {self.direction_until:g}, after until, {self.until:g}; give it first")
        if self.lowest >= self.highest:
            raise ValueError(f"lowest is {self.lowest:g}, not below highest, {self.highest:g}")
        return self
