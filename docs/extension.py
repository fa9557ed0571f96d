"""What the pages need beyond Sphinx: numbers of the default run, lists of targets, keys of the configuration, pictures.

All of it comes from the one place where it is kept: `docs/numbers.json` (written by `docs/take_results.py` from a run),
`resources/targets`, the settings' models, and the functions in `docs/pictures.py`.
"""

import dataclasses
import fnmatch
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import pictures
import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.ext.napoleon import Config, NumpyDocstring
from sphinx.util.docutils import SphinxDirective, SphinxRole

from symscope.config.export import config_pages
from symscope.config.targets import TARGETS
from symscope.digest import source_digest
from symscope.report.page import fill_text
from symscope.report.records import Record

HERE = Path(__file__).resolve().parent
MADE = HERE / "_made"
"""What a build writes beside the pages, for Sphinx to find; ignored by git."""
REFERENCE: Mapping[str, tuple[str, ...]] = {
    "groups": (
        *("algebras", "brackets", "exponentials", "forms", "spans", "naming", "physical_basis", "representations"),
    ),
    "discovery": (
        *("discover", "result", "elements", "symmetrylens.discover", "symmetrylens.result", "nullspace.discover"),
        *("nullspace.streams", "discrete.cyclic", "discrete.permutations", "discrete.cosets"),
    ),
    "models": ("lorentznet", "scoring", "published", "emlp.network", "hnn", "tagging_metrics"),
    "evaluation": (
        *("discovery", "certainty.density_symmetry", "certainty.moved", "certainty.two_sample"),
        *("invariance", "symmetrylens", "lens_agreement"),
    ),
    "data": (
        *("signals", "images", "hidden_axis", "functions", "nbody.simulation", "jets.generation"),
        *("molecules.generation", "ingestion", "trajectories", "matrices"),
    ),
    "io": ("samples", "generators", "lens", "metrics", "jets", "root", "trajectories", "matrices", "checkpoints"),
}
"""Modules that the reference shows, by sub-package, each sub-package on a page."""


@cache
def numbers() -> Mapping[str, Any]:
    """Give the records and times of the default run that the pages quote."""
    values: Mapping[str, Any] = json.loads((HERE / "numbers.json").read_text())
    return values


class Number(SphinxRole):
    """A number of the default run by the id of its record, such as `liegan.figure_5.span_cosine`.

    After a colon stands what is wanted of it, as in the texts of targets (`:n_seeds`, `:published`, `:brief`), or how to write a
    share (`:of`, `:percent`).
    """

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Write it with its range and unit."""
        records = {one["id"]: Record(**one) for one in numbers()["records"]}
        name, _, form = self.text.partition(":")
        text = in_form(records[name], form) or fill_text(f"{{{self.text}}}", records, self.env.docname)
        return [nodes.inline(self.rawtext, text, classes=["number"])], []


def in_form(record: Record, form: str) -> str:
    """Write a share as a count (`:of`, with the number of seeds) or in percent (`:percent`); nothing for other forms."""
    if form == "of" and record.value is not None and record.n_seeds:
        return f"{round(record.value * record.n_seeds)} of {record.n_seeds}"
    return f"{100 * record.value:.3g}\N{NO-BREAK SPACE}%" if form == "percent" and record.value is not None else ""


class Cpu(SphinxRole):
    """Processor seconds of jobs of the default run together, by rule and names with `*` for any, such as `train_tagger/*`."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Write them in words."""
        return [nodes.inline(self.rawtext, in_words(seconds(self.text.split(), numbers()["cpu_seconds"])))], []


def seconds(patterns: list[str], times: Mapping[str, float]) -> float:
    """Add up the times of all jobs that fit one of the patterns; each must fit a job."""
    found: dict[str, float] = {}
    for pattern in patterns:
        fits = {name: time for name, time in times.items() if fnmatch.fnmatchcase(name, pattern)}
        if not fits:
            raise KeyError(f"no job of the default run is called {pattern}; run docs/take_results.py")
        found |= fits
    return sum(found.values())


def in_words(time: float) -> str:
    """Write a processor time as coarsely as it is known."""
    if time >= 90:
        return f"{time / 60:.1f}\N{NO-BREAK SPACE}CPU minutes"
    return (
        f"{max(round(time), 1)}\N{NO-BREAK SPACE}CPU s"
        if time < 10
        else f"{round(time, -1):.0f}\N{NO-BREAK SPACE}CPU s"
    )


class Targets(SphinxDirective):
    """A table of targets, one name a line: what each shows, as its text in `resources/targets` says."""

    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        """Make the table."""
        table = nodes.table(classes=["targets"])
        group = nodes.tgroup(cols=2)
        table += group
        group += [nodes.colspec(colwidth=width) for width in (40, 60)]
        head, body = nodes.thead(), nodes.tbody()
        group += [head, body]
        head += row(nodes.Text("target"), nodes.Text("what it shows"))
        for name in self.content:
            if name not in TARGETS:
                raise self.error(f"there is no target '{name}'")
            text = yaml.safe_load((HERE.parent / "resources" / "targets" / f"{name}.yaml").read_text())
            body += row(nodes.literal(name, name), nodes.Text(f"{text['title']} ({text['kind']})"))
        return [table]


def row(*cells: nodes.Node) -> nodes.row:
    """Make a row of a table."""
    made = nodes.row()
    for cell in cells:
        made += nodes.entry("", nodes.paragraph("", "", cell))
    return made


def without_fields(_: Sphinx, what: str, _name: str, found: object, *_rest: object) -> tuple[str, None] | None:
    """Leave out the signature of a class that is a record of fields, which are listed below it."""
    fields = dataclasses.is_dataclass(found) or hasattr(found, "_fields")
    return ("", None) if what == "class" and fields else None


NUMPY = Config(napoleon_google_docstring=False, napoleon_use_rtype=False)
LITERAL = re.compile(r"(``.*?``|:\w+:`[^`]*`|`[^`]*`)")


def plain_docstring(_: Sphinx, what: str, name: str, found: object, options: object, lines: list[str]) -> None:
    """Make reStructuredText of a docstring: NumPy's sections, and bars and stars that mean themselves.

    Attributes have no sections; their first line would lose what stands before a colon.
    """
    if what not in ("attribute", "data", "property"):
        lines[:] = NumpyDocstring(lines, NUMPY, None, what, name, found, options).lines()
    lines[:] = ["".join(escaped(lines_part) for lines_part in LITERAL.split(line)) for line in lines]


def escaped(text: str) -> str:
    """Escape what would be markup, in a text outside of literals."""
    return text if LITERAL.fullmatch(text) else re.sub(r"(?<!\\)\|", r"\|", text)


def write_made(_: Sphinx) -> None:
    """Write the pages of the configuration's keys, and draw the pictures."""
    for name, text in config_pages().items():
        keep(MADE / "keys" / f"{name}.md", text)
    for package, modules in REFERENCE.items():
        keep(MADE / "reference" / f"{package}.md", reference_page(f"symscope.{package}", modules))
    # Drawn again where the code behind them has changed.
    digest = source_digest(HERE / "pictures.py")
    stamp = MADE / "pictures" / "drawn-with"
    if not stamp.is_file() or stamp.read_text() != digest:
        stamp.parent.mkdir(parents=True, exist_ok=True)
        pictures.draw_all(stamp.parent)
        stamp.write_text(digest)


def reference_page(package: str, modules: tuple[str, ...]) -> str:
    """Write a page that shows the docstrings of some modules of a package."""
    parts = [f"# `{package}`", f"```{{eval-rst}}\n.. automodule:: {package}\n   :no-members:\n```"]
    for module in modules:
        name = f"{package}.{module}"
        parts += [f"## `{name}`", f"```{{eval-rst}}\n.. automodule:: {name}\n```"]
    return "\n\n".join(parts) + "\n"


def keep(path: Path, text: str) -> None:
    """Write a file unless it holds the text already, so that its page is not built again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_file() or path.read_text() != text:
        path.write_text(text)


def setup(app: Sphinx) -> dict[str, Any]:
    """Tell Sphinx of them."""
    app.add_role("number", Number())
    app.add_role("cpu", Cpu())
    app.add_directive("targets", Targets)
    app.connect("autodoc-process-docstring", plain_docstring)
    app.connect("autodoc-process-signature", without_fields)
    app.connect("builder-inited", write_made)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
