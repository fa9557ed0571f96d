"""Memory that would not suffice is told before it is taken."""

import resource
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from symscope.errors import DataError, ResourceError
from symscope.io.matrices import read_matrix
from symscope.memory import available_memory, require_memory


def test_what_is_available_is_not_more_than_the_machine_has() -> None:
    found = available_memory()
    assert found is not None
    total = int(Path("/proc/meminfo").read_text().split()[1]) * 1024
    assert 0 < found <= total
    require_memory(1000.0, "a little", remedy="nothing")
    with pytest.raises(
        ResourceError, match=r"reading a.h5 needs at least .* GB of memory, and .* GB are available; take less, or use"
    ):
        require_memory(1e15, "reading a.h5", remedy="take less")


def test_a_limit_of_the_process_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (10**12, resource.RLIM_INFINITY))
    before = available_memory()
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1, resource.RLIM_INFINITY))
    assert available_memory() == 0
    assert before is not None
    assert before > 0


@pytest.mark.parametrize("suffix", [".h5", ".npy"])
def test_a_small_file_that_announces_much_is_refused_before_memory_is_taken(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    if suffix == ".h5":
        with h5py.File(path, "w") as file:
            file.create_dataset("x", shape=(10**10, 1000), chunks=(1000, 10), dtype="f8")
    else:
        np.save(path, np.zeros((3, 3)))
        path.write_bytes(path.read_bytes().replace(b"(3, 3), }" + b" " * 20, b"(3000000000, 3000000000), }  "))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises((DataError, ResourceError)):
        read_matrix(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000  # kilobytes


def test_a_job_without_memory_says_so(tmp_path: Path) -> None:
    program = (
        "from symscope.joblog import job_log\n"
        "with job_log('job.log'):\n"
        "    raise MemoryError('Unable to allocate 3.6 TiB')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(
        "symscope: the memory does not suffice (Unable to allocate 3.6 TiB); give the job a machine with"
    )
    assert "Traceback" not in done.stderr
