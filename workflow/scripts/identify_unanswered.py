"""Say in one sentence why nothing is asked of a discovery."""

from typing import TYPE_CHECKING

from symscope.joblog import job_log
from symscope.provenance import write_provenance
from symscope.report.identity import write_identity
from symscope.report.lens_answer import unanswered_identity

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]) as clock:
    settings = snakemake.params.settings
    write_identity(unanswered_identity(**settings), json=snakemake.output.json, html=snakemake.output.html)
    about = {"step": "identify_unanswered", "settings": settings, "seeds": []}
    write_provenance(snakemake.output.provenance, **about, seconds=clock.seconds)
