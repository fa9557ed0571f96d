"""Draw and animate an orbit under the learned rotation."""

from typing import TYPE_CHECKING

import numpy as np

from symscope.config.discovery import TruthSettings
from symscope.evaluation.discovery import typical_seed
from symscope.evaluation.orbits import solved_orbits, typical_orbit
from symscope.io.generators import read_discovery
from symscope.io.samples import read_split
from symscope.joblog import job_log
from symscope.plotting.orbits import FULL_TURN, STRIP, animate_orbit, plot_orbit_film, turned_orbits
from symscope.plotting.style import save_figure
from symscope.report.entries import read_target, write_entry

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    settings = snakemake.params.settings
    orbits = read_split(snakemake.input.dataset[0], "test").x.astype(np.float64)
    discovery = read_discovery(snakemake.input.generators[0])
    known = settings["experiment"]["truth"]
    shown = typical_seed(discovery, TruthSettings(**known) if known else None)
    name = f"seed {discovery.seeds[shown]}, the {'median' if known else 'first finite one'} of {len(discovery.seeds)}"
    orbit, learned = orbits[typical_orbit(orbits)], (discovery.generators[shown, 0], discovery.span)
    strip = turned_orbits(orbit, *learned, STRIP)
    solved = solved_orbits(strip, settings.get("dataset"))
    files = {kind: snakemake.output[kind] for kind in ("svg", "pdf", "gif")}
    save_figure(plot_orbit_film(orbit, strip, solved=solved, learned_by=name), files["svg"], files["pdf"])
    animate_orbit(orbit, turned_orbits(orbit, *learned, FULL_TURN), files["gif"])
    write_entry(
        snakemake.output.entry, read_target(snakemake.input.text), files=files, provenance=snakemake.input.provenance
    )
