"""Say in one sentence whether held-out samples have the translation that was discovered."""

from typing import TYPE_CHECKING

from symscope.joblog import job_log
from symscope.provenance import write_provenance
from symscope.report.identity import write_identity
from symscope.report.lens_answer import lens_identity

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]) as clock:
    settings = snakemake.params.settings
    identity = lens_identity(snakemake.input.samples, snakemake.input.lens, settings)
    write_identity(identity, json=snakemake.output.json, html=snakemake.output.html)
    about = {"step": "identify_lens", "settings": settings, "seeds": [settings["identification"]["seed"]]}
    write_provenance(snakemake.output.provenance, **about, seconds=clock.seconds)
