"""The surroundings of one job: a log file, and mistakes of the user told in one line."""

import errno
import faulthandler
import fcntl
import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from symscope.errors import OutputError, ResourceError, SymscopeError

logger = logging.getLogger("symscope")

_SURROUNDINGS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.ESTALE}
"""Failures of a disk, whatever was written or read."""


class Clock:
    """Wall-clock time since the job began."""

    def __init__(self) -> None:
        self._start = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Seconds since the job began."""
        return time.perf_counter() - self._start


@contextmanager
def job_log(path: str | os.PathLike[str]) -> Iterator[Clock]:
    """Write the package's log messages to a file while a job runs.

    A :class:`~symscope.errors.SymscopeError` becomes one line in the log and on the terminal, and the process ends
    with exit status 1, and so does a full disk or memory; any other exception is a defect of ours and keeps its stack
    trace, which the log gets too. Where a library crashes, the log says in which of our functions.

    A killed run may leave a job behind that still works. The next one waits for it here, so that two never write the same
    files.

    Parameters
    ----------
    path
        The log file; its folder is created and an older log is replaced.

    Yields
    ------
    Clock
        Tells how long the job has been running, for its provenance.
    """
    clock = Clock()
    with _told_in_a_line(), _own_log(Path(path)) as stream:
        handler = logging.StreamHandler(stream)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        root = logging.getLogger()
        root.addHandler(handler)
        logger.setLevel(logging.INFO)
        try:
            yield clock
            logger.info("finished in %.1f s", clock.seconds)
        except Exception as error:
            told = _in_a_sentence(error)
            if told is None:
                logger.exception("unexpected error")
                raise
            logger.error("%s", told)  # noqa: TRY400 - a user's mistake is a sentence, not a stack trace
            if told is error:
                raise
            raise told from error
        finally:
            root.removeHandler(handler)


@contextmanager
def _told_in_a_line() -> Iterator[None]:
    try:
        yield
    except SymscopeError as error:
        sys.stderr.write(f"symscope: {error}\n")
        sys.exit(1)


@contextmanager
def _own_log(path: Path) -> Iterator[IO[str]]:
    """Open a log, empty, that no other process is writing."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        stream = path.open("a")
    except OSError as error:
        raise OutputError(
            f"the log {path} cannot be written ({error.strerror}); make room or make the folder writable, or set 'results' to "
            "another one"
        ) from error
    with stream:
        _wait_for_others(stream, path)
        stream.truncate(0)
        watched = faulthandler.is_enabled()
        if not watched:
            faulthandler.enable(stream)
        try:
            yield stream
        finally:
            if not watched:
                faulthandler.disable()


def _wait_for_others(stream: IO[str], path: Path) -> None:
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.stderr.write(f"symscope: a job of an earlier run still writes {path}; waiting for it to end\n")
        fcntl.flock(stream, fcntl.LOCK_EX)
    except OSError:
        return  # a file system without locks


def _in_a_sentence(error: Exception) -> SymscopeError | None:
    """Say what went wrong where it is not a defect of ours; otherwise None."""
    if isinstance(error, SymscopeError):
        return error
    no_memory = isinstance(error, RuntimeError) and ("allocate memory" in str(error) or "out of memory" in str(error))
    if isinstance(error, MemoryError) or no_memory:
        told = next(iter(str(error).splitlines()), "no more could be had")
        return ResourceError(
            f"the memory does not suffice ({told}); give the job a machine with more, or ask for fewer samples"
        )
    if isinstance(error, OSError) and error.errno in _SURROUNDINGS:
        where = f" at {error.filename}" if error.filename else ""
        return OutputError(
            f"the disk failed{where} ({error.strerror or os.strerror(error.errno)}); make room or mend it, and run the same "
            "command again; what was finished is kept"
        )
    return None
