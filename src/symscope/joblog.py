"""The surroundings of one job: a log file, and mistakes of the user told in one line."""

import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from symscope.errors import SymscopeError

logger = logging.getLogger("symscope")


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
    with exit status 1; any other exception is a defect of ours and keeps its stack trace, which the log gets too.

    Parameters
    ----------
    path
        The log file; its folder is created and an older log is replaced.

    Yields
    ------
    Clock
        Tells how long the job has been running, for its provenance.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(target, mode="w")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    logger.setLevel(logging.INFO)
    clock = Clock()
    try:
        yield clock
        logger.info("finished in %.1f s", clock.seconds)
    except SymscopeError as error:
        logger.error("%s", error)  # noqa: TRY400 - a user's mistake is a sentence, not a stack trace
        sys.stderr.write(f"symscope: {error}\n")
        sys.exit(1)
    except Exception:
        logger.exception("unexpected error")
        raise
    finally:
        root.removeHandler(handler)
        handler.close()
