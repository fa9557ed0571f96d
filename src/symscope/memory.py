"""How much memory a process may still take, and a sentence before a job begins where it would not fit."""

import os
import resource
from pathlib import Path

from symscope.errors import ResourceError

_CGROUPS = (
    ("memory.max", "memory.current"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
)


def available_memory() -> int | None:
    """Bytes that this process may still take: of the machine, of its control group, of its own limit; None if unknown."""
    found = [_of_machine(), _of_group(), _of_limit()]
    return min((number for number in found if number is not None), default=None)


def require_memory(needed: float, what: str, *, remedy: str) -> None:
    """Raise a ResourceError where something needs more memory than there is.

    Parameters
    ----------
    needed
        Bytes, estimated from below: what fits by this estimate may still fail.
    what
        What needs it, such as "reading data.h5".
    remedy
        How to need less, such as "ask for fewer samples".
    """
    available = available_memory()
    if available is not None and needed > available:
        raise ResourceError(
            f"{what} needs at least {needed / 1e9:.3g} GB of memory, and {available / 1e9:.3g} GB are available; {remedy}, or "
            "use a machine with more"
        )


def _of_machine() -> int | None:
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return 1024 * int(line.split()[1])
    except (OSError, ValueError, IndexError):
        pass
    return None


def _of_group() -> int | None:
    """Ask the control groups of this process, such as a container's or a batch job's."""
    try:
        own = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return None
    places = [line.split(":", 2)[2].lstrip("/") for line in own if line.count(":") >= 2]
    left = []
    for place in {"", *places}:
        for limit, usage in _CGROUPS:
            head, _, name = limit.rpartition("/")
            folder = Path("/sys/fs/cgroup", head, place)
            try:
                left.append(int((folder / name).read_text()) - int((folder / Path(usage).name).read_text()))
            except (OSError, ValueError):
                continue  # no limit, or another version of control groups
    return max(0, min(left)) if left else None


def _of_limit() -> int | None:
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    if soft == resource.RLIM_INFINITY:
        return None
    try:
        used = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        used = 0
    return max(0, soft - used)
