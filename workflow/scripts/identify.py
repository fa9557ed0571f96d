"""Say in one sentence what was discovered and of which statement about the data it is a symmetry."""

from typing import TYPE_CHECKING

from symscope.config.discovery import TruthSettings
from symscope.config.identification import Identification
from symscope.discovery.nullspace.streams import class_values
from symscope.evaluation.agreement import answer_of, count_agreeing, held_out
from symscope.evaluation.identification import Events, identify
from symscope.io.generators import read_discovery
from symscope.io.samples import read_header, read_split
from symscope.joblog import job_log
from symscope.report.identity import Identity, compose, describe_row, write_identity

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake

with job_log(snakemake.log[0]):
    settings = snakemake.params.settings
    asked = Identification(**settings["identification"])
    samples = snakemake.input.samples
    header = read_header(samples)
    train = read_split(samples, "train", stop=asked.events)
    test = read_split(samples, "test", stop=asked.held_out_events)
    unseen = Events(test.x, test.y)
    discovery = read_discovery(snakemake.input.generators)
    answer = answer_of(discovery, TruthSettings(**settings["truth"]) if settings["truth"] else None)
    actions = {"x_action": header.x_action, "y_action": header.y_action}
    verdicts = identify(
        Events(train.x, train.y),
        unseen,
        answer.generators,
        **actions,
        classes=class_values(samples, "train"),
        settings=asked,
    )
    test = held_out(discovery, answer, unseen, **actions, settings=asked)
    agreeing = count_agreeing(discovery, answer, least=asked.agreement), len(discovery.seeds)
    name = "none" if answer.algebra is None else answer.algebra.name
    auc = None if test is None else (test.auc, test.error)
    sentence = compose(
        verdicts,
        dimension=len(answer.generators),
        algebra=name,
        auc=auc,
        agreement=agreeing,
        parts=answer.solved,
        level=asked.level,
    )
    identity = Identity(
        experiment=settings["experiment"],
        sentence=sentence,
        dimension=len(answer.generators),
        algebra=name,
        reason="" if answer.algebra is None else answer.algebra.reason,
        auc=None if auc is None else auc[0],
        auc_error=None if auc is None else auc[1],
        agreeing=agreeing[0],
        seeds=agreeing[1],
        rows=tuple(describe_row(verdict, level=asked.level) for verdict in verdicts),
        scale=settings["scale"],
    )
    write_identity(identity, json=snakemake.output.json, html=snakemake.output.html)
