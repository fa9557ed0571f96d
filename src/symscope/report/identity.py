"""One sentence about a discovery, and a table of what is symmetric under it, for people."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from symscope.errors import DataError
from symscope.evaluation.discrete_part import DiscreteElement
from symscope.evaluation.statements import Verdict
from symscope.io.atomic import atomic_path
from symscope.report.environment import template_environment
from symscope.report.format import format_brief

PathLike = str | os.PathLike[str]

WORDS = {
    "density": "the density",
    "support": "the set on which the events lie",
    "label": "the polynomial of low degree nearest to the label",
    "function": "y as a function of x",
}
"""What each statement is about, in a sentence."""
SIGMA = "\N{GREEK SMALL LETTER SIGMA}"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class IdentityRow(_Part):
    """One statement, in words."""

    statement: str
    """Density, support, label or function."""
    own: str
    """What the data have themselves."""
    verdict: str
    """Whether the discovered generators are symmetries: `hold`, `nearly`, `broken`, `undecided` or `not asked`."""
    change: str
    """How much changes along them, with its bound."""
    p_value: str
    """Of exact symmetry, from held-out events; empty where there is no test."""
    note: str
    """What must be known to judge it."""


class BasisElement(_Part):
    """One element of a basis of the discovered algebra that a person reads."""

    name: str
    """Such as `rotation x` or `dilatation`, or `generator 3` where it has no simple reading."""
    cosine: float | None
    """Cosine with what the name says; None where there is no simple reading."""
    motion: str
    """What it does to each component, with its largest entry 1."""


class Flip(_Part):
    """One discrete element beside the continuous part, in words."""

    name: str
    """Which components change their sign."""
    verdict: str
    """`broken`, or `not rejected`, which few events are no evidence for."""
    p_value: str
    """Of exact symmetry, from held-out events."""


class Identity(_Part):
    """What is said of one discovery."""

    experiment: str
    """Name of the experiment."""
    sentence: str
    """The answer."""
    dimension: int
    """Generators discovered, or given to the method."""
    algebra: str
    """Name of their algebra, `undetermined`, or `none`."""
    reason: str
    """What the name rests on."""
    auc: float | None
    """Area under the curve of a classifier between held-out events and moved ones; None where nothing moves them."""
    auc_error: float | None
    """Its standard error; None where the events are not independent."""
    agreeing: int
    """Seeds, or parts of the events, whose span agrees with the answer."""
    seeds: int
    """Their number."""
    rows: tuple[IdentityRow, ...]
    """The statements."""
    flips: tuple[Flip, ...] = ()
    """Sign flips that carry the algebra into itself and are no part of its continuous group."""
    note: str = ""
    """What must be known where a question is not asked."""
    basis: tuple[BasisElement, ...] = ()
    """A basis of the algebra, found from itself."""
    scale: str = ""
    """Size of the run in words."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Headings of the table."""
        return ("Statement about", "The data themselves", "Discovered generators", "Change along them", "p")


def percent(share: float) -> str:
    """Write a share in per cent with two significant digits."""
    return f"{format_brief(100 * share)} %"


def describe_row(verdict: Verdict, *, level: float) -> IdentityRow:
    """Put one statement into words."""
    most = "at most " if verdict.is_bound and verdict.dimension else ""
    count = f"{verdict.dimension} generator{'' if verdict.dimension == 1 else 's'}"
    own = f"{most}{count} of {verdict.search}, {verdict.algebra}" if verdict.dimension else f"none of {verdict.search}"
    if not verdict.search:
        own = "none"
    if verdict.algebra == "undetermined" and not verdict.dimension:
        own = "not told"
    change = ""
    if verdict.defect is not None and verdict.statement in ("support", "function"):
        below = "" if verdict.bound is None else f", below {percent(verdict.bound)} at {percent(1 - level)}"
        change = f"{percent(verdict.defect)} of that along an average motion{below}"
    elif verdict.defect is not None and verdict.bound is not None:
        change = f"{format_brief(verdict.defect)} {SIGMA} per unit of flow, below {format_brief(verdict.bound)} at {percent(1 - level)}"
        if verdict.average is not None:
            change += f"; {format_brief(verdict.average)} along an average motion"
    elif verdict.defect is not None and verdict.seen_by:
        change = f"{format_brief(verdict.defect)} {SIGMA} per unit of flow, error not known"
    p_value = "" if verdict.p_value is None else _p_value(verdict.p_value)
    return IdentityRow(
        statement=verdict.statement,
        own=own,
        verdict="hold" if verdict.outcome == "holds" else verdict.outcome,
        change=change,
        p_value=p_value,
        note=verdict.note,
    )


def describe_flip(flip: DiscreteElement, *, level: float) -> Flip:
    """Put one discrete element into words, at a level that is shared among all of them."""
    verdict = "broken" if flip.p_value <= level else "not rejected"
    return Flip(name=flip.name, verdict=verdict, p_value=_p_value(flip.p_value))


def _p_value(value: float) -> str:
    return "<\N{NO-BREAK SPACE}10⁻⁶" if value < 1e-6 else format_brief(value)


def compose(
    verdicts: Sequence[Verdict],
    *,
    dimension: int,
    algebra: str,
    auc: tuple[float, float | None] | None,
    agreement: tuple[int, int],
    parts: bool,
    level: float,
) -> str:
    """Say the answer in one sentence.

    Parameters
    ----------
    verdicts
        The statements.
    dimension, algebra
        What was discovered.
    auc
        Area under the curve of the held-out test and its standard error, where that is known.
    agreement
        How many seeds agree, and of how many.
    parts
        Whether the seeds are parts of the events.
    level
        Probability of a wrong statement.
    """
    if not dimension:
        allowed = [
            f"{WORDS[one.statement]} at most {one.dimension}, {one.algebra}"
            for one in verdicts
            if one.is_bound and one.dimension
        ]
        words = ["No generator was found", *([f"the tests allow {_joined(allowed, 'and')}"] if allowed else [])]
        return "; ".join(words + _agreement(agreement, "parts" if parts else "seeds")) + "."
    article = "an" if dimension in (8, 11, 18) else "a"
    words = [f"{article[:1].upper()}{article[1:]} {dimension}-dimensional algebra, {algebra}"]
    holding, nearly, broken, unclear = (
        [one for one in verdicts if one.outcome == outcome] for outcome in ("holds", "nearly", "broken", "undecided")
    )
    if holding:
        words[0] += ", of " + _joined([f"{WORDS[one.statement]} ({_certainty(one, level)})" for one in holding], "and")
    if nearly:
        words.append(f"nearly of {_joined([f'{WORDS[one.statement]} ({_near(one, level)})' for one in nearly], 'and')}")
    if broken:
        words.append(f"not of {_joined([WORDS[one.statement] for one in broken], 'or')}")
    if unclear:
        words.append(f"undecided for {_joined([WORDS[one.statement] for one in unclear], 'and')}")
    if auc is not None:
        words.append(f"held-out AUC {auc[0]:.3f}" + ("" if auc[1] is None else f" \N{PLUS-MINUS SIGN} {auc[1]:.3f}"))
    return "; ".join(words + _agreement(agreement, "parts of the events" if parts else "seeds")) + "."


def _agreement(agreement: tuple[int, int], what: str) -> list[str]:
    """Say how many agree; of one there is nothing to say."""
    return [f"{agreement[0]} of {agreement[1]} {what} agree"] if agreement[1] > 1 else []


def _near(verdict: Verdict, level: float) -> str:
    rejected = "" if verdict.p_value is None else f"exact symmetry is rejected, p {_p_value(verdict.p_value)}; "
    return rejected + _certainty(verdict, level)


def _certainty(verdict: Verdict, level: float) -> str:
    if verdict.statement in ("support", "function"):
        below = "" if verdict.bound is None else f", below {percent(verdict.bound)} at {percent(1 - level)}"
        return f"defect {percent(verdict.defect or 0.0)} of that of an average motion{below}"
    if verdict.bound is not None:
        seen = (
            f", as {verdict.seen_by} see{'' if verdict.statement == 'density' else 's'} it" if verdict.seen_by else ""
        )
        return f"defect below {format_brief(verdict.bound)} {SIGMA} per unit of flow at {percent(1 - level)}{seen}"
    return f"defect {percent(verdict.defect or 0.0)} of that of an average motion"


def _joined(words: Sequence[str], last: str) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def identity_html(identity: Identity) -> str:
    """Return sentence and table as an HTML fragment; everything that is text is escaped."""
    return template_environment().get_template("identity.html.jinja").render(identity=identity, opened=True)


def write_identity(identity: Identity, *, json: PathLike, html: PathLike) -> None:
    """Write what is said of a discovery in both forms; each file appears whole or not at all."""
    with atomic_path(json) as aside:
        aside.write_text(identity.model_dump_json(indent=1) + "\n", encoding="utf-8")
    with atomic_path(html) as aside:
        aside.write_text(identity_html(identity), encoding="utf-8")


def read_identity(path: PathLike) -> Identity:
    """Read what :func:`write_identity` wrote.

    Raises
    ------
    DataError
        The file is no such JSON.
    """
    try:
        return Identity.model_validate_json(Path(path).read_bytes())
    except (OSError, ValidationError) as error:
        raise DataError(f"{path} does not describe a discovery: {str(error).splitlines()[0]}; remake it") from error


def identities_of(names: Mapping[str, Sequence[str]], paths: Sequence[PathLike]) -> dict[str, list[Identity]]:
    """Read what is said of discoveries, for each target that shows some.

    Parameters
    ----------
    names
        Experiments by target.
    paths
        Files of :func:`write_identity`.
    """
    read = {identity.experiment: identity for identity in map(read_identity, paths)}
    return {target: [read[name] for name in shown if name in read] for target, shown in names.items()}
