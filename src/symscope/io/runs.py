"""Which runs of the workflow are alive in a folder, so that what a killed one left behind can be told from what is in use.

Every run has a small file of its own and holds a lock on it, which the kernel takes away when the process ends, however
it ends. A file whose lock is free belongs to a run that was killed.
"""

import atexit
import fcntl
import json
import os
import shutil
import socket
from pathlib import Path
from typing import NamedTuple

_HELD: dict[Path, int] = {}
"""Handles of locks, which must stay open for as long as the process lives."""


class Runs(NamedTuple):
    """Other runs in a folder."""

    killed: int
    """Runs of this machine that ended without a farewell."""
    alive: tuple[str, ...]
    """Those that go on, in words; also those of other machines, of which nothing is known."""


def register_run(folder: Path, *, command: str = "") -> Runs:
    """Register this process as a run in `folder` until it ends, and look for other ones.

    Parameters
    ----------
    folder
        Where runs register; it is made.
    command
        What is run, for messages.

    Returns
    -------
    Runs
        Two runs that register at the same time both see the other one alive.

    Raises
    ------
    OSError
        Where the file system has no locks, or the folder cannot be written.
    """
    host = socket.gethostname()
    own = folder.absolute() / f"{host}-{os.getpid()}.json"
    if own in _HELD:
        return Runs(0, ())
    folder.mkdir(parents=True, exist_ok=True)
    killed, alive = int(own.exists()), []  # one of the same number, which cannot be alive
    coming = own.with_suffix(".coming")
    handle = os.open(coming, os.O_RDWR | os.O_CREAT, 0o666)
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.write(handle, json.dumps({"host": host, "process": os.getpid(), "command": command}).encode())
    coming.replace(own)  # locked already, so that nobody takes it for that of a dead run
    _HELD[own] = handle
    owner = os.getpid()
    atexit.register(lambda: own.unlink(missing_ok=True) if os.getpid() == owner else None)
    for other in sorted(folder.glob("*.json")):
        if other.name == own.name:
            continue
        if not other.name.startswith(f"{host}-") or _locked(other):
            alive.append(_words(other))
            continue
        killed += 1
        other.unlink(missing_ok=True)
    return Runs(killed, tuple(alive))


def release_stale_locks(runs: Runs, locks: Path) -> bool:
    """Remove the locks in the folder `locks` where it is certain that a killed run left them; tell whether there were any.

    Nothing is removed while any other run is alive, or where no killed run was found.
    """
    if runs.alive or not runs.killed or not any(locks.glob("*.lock")):
        return False
    shutil.rmtree(locks, ignore_errors=True)
    return True


def _locked(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def _words(path: Path) -> str:
    try:
        about = json.loads(path.read_text())
        return f"process {about['process']} on {about['host']} ({about['command']})"
    except (OSError, ValueError, LookupError, TypeError):
        return path.stem
