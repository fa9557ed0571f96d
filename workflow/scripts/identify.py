"""Say in one sentence what was discovered and of which statement about the data it is a symmetry."""

from typing import TYPE_CHECKING

from symscope.joblog import job_log
from symscope.provenance import write_provenance
from symscope.report.answers import identity_of
from symscope.report.identity import write_identity

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]) as clock:
    settings = snakemake.params.settings
    identity = identity_of(snakemake.input.samples, snakemake.input.generators, settings)
    write_identity(identity, json=snakemake.output.json, html=snakemake.output.html)
    about = {"step": "identify", "settings": settings, "seeds": [settings["identification"]["seed"]]}
    write_provenance(snakemake.output.provenance, **about, seconds=clock.seconds)
