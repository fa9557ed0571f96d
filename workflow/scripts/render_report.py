"""Render the report page."""

from typing import TYPE_CHECKING

from symscope.joblog import job_log
from symscope.provenance import provenance
from symscope.report.entries import read_entries
from symscope.report.identity import identities_of
from symscope.report.page import render_report
from symscope.report.records import read_records

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    settings = snakemake.params.settings
    render_report(
        read_entries(snakemake.input.entries),
        read_records(snakemake.input.summary),
        provenance(step="the whole run", settings={}) | {"scale": settings["scale"]},
        snakemake.output.page,
        title=settings["title"],
        lead=settings["lead"],
        identities=identities_of(settings["identified"], snakemake.input.identities),
        links={"All numbers (JSON)": snakemake.input.summary},
    )
