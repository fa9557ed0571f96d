"""One of several processes that train a tagger together: ``torchrun ... -m symscope.training.worker JOB.json``.

The file has the fields of :class:`~symscope.training.job.TaggerJob`. On several nodes start one ``torchrun`` on each, with
the same file on a shared disk.
"""

import json
import logging
import os
import sys
from pathlib import Path

from symscope.errors import SymscopeError
from symscope.training.job import REFUSED, TaggerJob, run_tagger_job


def main(path: str) -> int:
    """Train as the file says; 0 where that went well."""
    first = os.environ.get("RANK", "0") == "0"
    logging.basicConfig(level=logging.INFO if first else logging.ERROR, format="%(levelname)s %(name)s: %(message)s")
    try:
        run_tagger_job(TaggerJob(**json.loads(Path(path).read_text())))
    except SymscopeError as error:
        sys.stderr.write(f"symscope: {error}\n")
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
