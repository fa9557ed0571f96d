"""Apply the tests of symmetry to many data sets of which the answer is known."""

from typing import TYPE_CHECKING

from symscope.config.calibration import Calibration
from symscope.evaluation.calibration.study import calibrate
from symscope.io.calibration import write_calibration
from symscope.joblog import job_log
from symscope.provenance import write_provenance

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]) as clock:
    settings = snakemake.params.settings
    study = Calibration.model_validate(settings)
    write_calibration(snakemake.output.result, calibrate(study))
    about = {"step": f"calibrate {snakemake.wildcards.calibration}", "settings": settings, "seeds": [study.seed]}
    write_provenance(snakemake.output.provenance, **about, seconds=clock.seconds)
