"""One process or several: the same loop, with accelerate where several were launched."""

import os
from typing import Any, Protocol, runtime_checkable

import torch
from accelerate import Accelerator
from accelerate.utils import broadcast_object_list, gather_object
from torch import Tensor, distributed, nn

from symscope.device import resolve_device


@runtime_checkable
class Processes(Protocol):
    """What the training loop needs to know of its fellow processes."""

    rank: int
    count: int
    device: torch.device

    def wrap(self, network: nn.Module) -> nn.Module:
        """Wrap a network so that its backward pass averages gradients over the processes."""

    def pool(self, values: Tensor) -> Tensor:
        """Sum of a tensor over the processes, through which gradients flow."""

    def gather(self, rows: Tensor) -> Tensor:
        """Rows of all processes, by rank, on the CPU."""

    def agree(self, value: Any) -> Any:
        """Give all processes the first one's value."""


class SingleProcess:
    """No fellow processes."""

    rank, count = 0, 1

    def __init__(self, device: str) -> None:
        self.device = resolve_device(device)

    def wrap(self, network: nn.Module) -> nn.Module:
        """Return the network itself."""
        return network

    def pool(self, values: Tensor) -> Tensor:
        """Return the tensor."""
        return values

    def gather(self, rows: Tensor) -> Tensor:
        """Return the rows, on the CPU."""
        return rows.cpu()

    def agree(self, value: Any) -> Any:
        """Return the value."""
        return value


class _Sum(torch.autograd.Function):
    """Sum over the processes; what each process loses by it is summed likewise."""

    @staticmethod
    def forward(_ctx: Any, values: Tensor) -> Tensor:
        return _reduced(values)

    @staticmethod
    def backward(_ctx: Any, *gradients: Tensor) -> Tensor:
        return _reduced(gradients[0])


def _reduced(values: Tensor) -> Tensor:
    total = values.detach().clone()
    distributed.all_reduce(total)
    return total


def _pool(values: Tensor) -> Tensor:
    total: Tensor = _Sum.apply(values)  # type: ignore[no-untyped-call]
    return total


class LaunchedProcesses:
    """Processes started by ``accelerate launch`` or ``torchrun``: one for each GPU, or several on CPUs over gloo."""

    def __init__(self, device: str) -> None:
        self.accelerator = Accelerator(cpu=device == "cpu", mixed_precision="no")
        self.rank, self.count = self.accelerator.process_index, self.accelerator.num_processes
        self.device = self.accelerator.device

    def wrap(self, network: nn.Module) -> nn.Module:
        """Distributed wrapper of the network."""
        wrapped: nn.Module = self.accelerator.prepare_model(network)
        return wrapped

    pool = staticmethod(_pool)  # a plain function, so that a copy of a network that uses it copies no processes

    def gather(self, rows: Tensor) -> Tensor:
        """Rows of all processes, by rank, on the CPU; they may differ in number."""
        return torch.cat(gather_object([rows.cpu()]))

    def agree(self, value: Any) -> Any:
        """Give all processes the first one's value."""
        return broadcast_object_list([value])[0]


def processes(device: str) -> Processes:
    """Find the processes of this run: several if a launcher started them (WORLD_SIZE above 1), else this one."""
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        return LaunchedProcesses(device)
    return SingleProcess(device)
