"""Counts of what a piece of code asks of torch; they do not depend on the machine, its load or the sizes of arrays."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from torch.utils._python_dispatch import TorchDispatchMode

READ_BACK = ("_local_scalar_dense", "nonzero", "is_nonzero", "item", "masked_select", "unique", "equal")
"""Operations that make the processor wait for a GPU, because their value or shape is read."""


class CountedOperations(TorchDispatchMode):
    """Counts operations by name, those of backward passes too."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.counts[func.overloadpacket.__name__] += 1
        return func(*args, **(kwargs or {}))

    @property
    def total(self) -> int:
        """All operations."""
        return sum(self.counts.values())

    @property
    def read_back(self) -> dict[str, int]:
        """Operations that a GPU would have to be waited for."""
        return {name: count for name, count in self.counts.items() if name in READ_BACK}


def count_operations(action: Callable[[], object]) -> CountedOperations:
    """Count what an action does."""
    with CountedOperations() as counted:
        action()
    return counted
