"""The page of one experiment, whatever was found: what it says, and the files beside it."""

import json
import shutil
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy import ndarray
from tests.makers.discoveries import discovery_of, rotations
from tests.makers.lens_results import lens_like, signals_settings

from symscope.discovery.result import Discovery
from symscope.io.generators import read_discovery, write_discovery
from symscope.io.lens import write_lens
from symscope.io.samples import SamplesHeader, SamplesWriter
from symscope.report.experiment import report_experiment
from symscope.report.experiment_files import escape_text
from symscope.report.family import report_family
from symscope.report.identity import Identity, IdentityRow, write_identity
from symscope.report.records import read_records

SPACE = ("x", "y", "z")
NASTY = "<script>alert(1)</script>&_%"


def samples_file(path: Path, x: ndarray, *, names: tuple[str, ...] = SPACE, action: str = "vector") -> Path:
    header = SamplesHeader(feature_names=names, units="m", x_action=action, y_action="trivial")  # type: ignore[arg-type]
    with SamplesWriter(path, header) as writer:
        for split in ("train", "val", "test"):
            writer.append(split, x, np.zeros(len(x), dtype=np.int64))
    return path


def identity_file(path: Path, name: str) -> Path:
    row = IdentityRow(statement="density", own="3 generators", verdict="hold", change="", p_value="", note="")
    identity = Identity(
        experiment=name,
        sentence=f"A 3-dimensional algebra, so(3), of the density; {NASTY}.",
        dimension=3,
        algebra="so(3)",
        reason="three rotations",
        auc=0.51,
        auc_error=0.02,
        agreeing=3,
        seeds=3,
        rows=(row,),
    )
    write_identity(identity, json=path, html=path.with_suffix(".html"))
    return path


Report = Callable[..., Path]


@pytest.fixture
def report(tmp_path: Path) -> Report:
    """Write the page of a result, and give its folder."""

    def make(
        found: Any,
        *,
        name: str = "mine",
        x: ndarray | None = None,
        names: tuple[str, ...] = SPACE,
        identity: bool = False,
        lens: bool = False,
        **changes: Any,
    ) -> Path:
        folder = tmp_path / "experiments" / name
        size = found.generators.shape[-1]
        points = np.random.default_rng(0).normal(size=(200, 1, size)) if x is None else x
        samples = samples_file(tmp_path / f"{name}.samples.h5", points, names=names)
        result = tmp_path / f"{name}.h5"
        (write_lens if lens else write_discovery)(result, found)
        (tmp_path / "steps.json").write_text(json.dumps({"step": "discover", "seconds": 1.0, "settings": {"a": NASTY}}))
        about = {
            "truth": None,
            "method": {"name": "liegan"},
            "sampling": {},
            "dataset": {"source": "columns", "files": [NASTY]},
        }
        settings: dict[str, Any] = {
            "name": name,
            "dataset": "points",
            "about": about | changes.pop("about", {}),
            "metric": {},
            "agreement": 0.99,
            "finds": "lens" if lens else "generators",
            "tasks": [],
            "words": "200 points",
            "scale": "toy: 200 points",
            "command": f"snakemake --cores 4 {name}",
        }
        kinds = {
            "page": "report.html",
            "hdf5": "found.h5",
            "json": "found.json",
            "tex": "found.tex",
            "numbers": "numbers.json",
        }
        kinds |= {
            f"{part}{suffix}": f"{file}.{suffix.strip('_')}"
            for part, file in (("", "found"), ("search_", "search"))
            for suffix in ("svg", "pdf")
        }
        inputs = {
            "found": str(result),
            "samples": str(samples),
            "identity": str(identity_file(tmp_path / f"{name}.identity.json", name)) if identity else [],
            "summary": [],
            "provenance": str(tmp_path / "steps.json"),
        }
        report_experiment(inputs, {key: folder / file for key, file in kinds.items()}, settings | changes)
        return folder

    return make


class _Scripts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.tags.append(tag)


def checked(folder: Path) -> str:
    """Text of the page, of which nothing from a file is markup."""
    page = (folder / "report.html").read_text()
    parser = _Scripts()
    parser.feed(page)
    assert "script" not in parser.tags
    assert page.count("<section") == page.count("</section>")
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org", "")
    return page


def test_rotations_are_named_drawn_and_compared(report: Report) -> None:
    truth = {"algebra": "so(3)", "metric": np.eye(3).tolist()}
    folder = report(discovery_of(rotations()), identity=True, about={"truth": truth})
    page = checked(folder)
    assert page.index("A 3-dimensional algebra, so(3)") < page.index("The data") < page.index("as pictures")
    assert "signature" not in page
    assert "3 positive and 0 negative" in page
    assert "snakemake --cores 4 mine" in page
    assert NASTY not in page
    values = {record.id: record for record in read_records(folder / "numbers.json")}
    assert values["experiment.mine.algebra"].text == "so(3)"
    assert values["experiment.mine.agreement"].text == "3 of 3"
    assert values["experiment.mine.auc"].value == 0.51
    assert values["experiment.mine.span_cosine"].value > 0.999
    assert values["experiment.mine.metric_cosine"].value > 0.999
    content = json.loads((folder / "found.json").read_text())
    kinds = [one["kind"] for one in content["matrices"]]
    assert kinds == ["generators"] * 3 + ["readable"] * 3 + ["forms"]
    assert {one["name"] for one in content["matrices"][3:6]} == {"rotation x", "rotation y", "rotation z"}
    np.testing.assert_allclose(content["matrices"][6]["matrix"], np.eye(3), atol=0.05)
    assert read_discovery(folder / "found.h5").seeds == (0, 1, 2)


@pytest.mark.parametrize("alone", [True, False])
def test_latex_compiles_alone_and_as_a_part(report: Report, alone: bool) -> None:
    if shutil.which("pdflatex") is None:
        pytest.skip("there is no pdflatex on this machine")
    big = np.zeros((2, 1, 12, 12))
    big[..., 0, 11], big[..., 11, 0] = 1, -1
    folder = report(discovery_of(big), identity=True, names=tuple(f"a_{k}" for k in range(12)))
    name = "found.tex"
    if not alone:
        name = "outer.tex"
        (folder / name).write_text(
            r"\documentclass{article}\usepackage{amsmath,booktabs}\begin{document}A\input{found.tex}B\end{document}"
        )
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", name],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:]


def test_latex_escapes_what_it_must() -> None:
    times, minus = "\N{MULTIPLICATION SIGN}", "\N{MINUS SIGN}"
    told = escape_text(f"50 % of a_b ≥ 1.5 {times} 10⁻⁶ & {{x}} {minus} 2")
    assert told == r"50 \% of a\_b $\geq$ 1.5 $\times$ 10$^{-6}$ \& \{x\} $-$ 2"


def test_complex_generators_have_two_pictures_and_no_form(report: Report) -> None:
    pauli = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]]) * 1j / 2
    folder = report(discovery_of(np.stack([pauli, pauli])), x=np.ones((50, 1, 2)) + 0j, names=("a", "b"))
    assert "no symmetric form of them is looked for" in checked(folder)
    assert set(json.loads((folder / "found.json").read_text())["matrices"][0]["matrix"]) == {"real", "imag"}


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (discovery_of(np.full((2, 1, 3, 3), np.nan)), "all 2 seeds diverged"),
        (
            discovery_of(
                np.zeros((2, 0, 3, 3)),
                history={},
                history_steps=np.zeros(0, dtype=np.int64),
                history_generators=np.zeros((2, 0, 0, 3, 3), dtype=np.float32),
                null_space={
                    "whole": np.zeros((0, 3, 3)),
                    "singular_values": np.ones(9),
                    "part_values": np.ones((2, 9)),
                    "threshold": np.array([0.1]),
                    "dimensions": np.zeros(2, dtype=np.int64),
                },
            ),
            "No generator was found.",
        ),
    ],
)
def test_a_discovery_of_nothing_has_a_page_too(report: Report, found: Discovery, sentence: str) -> None:
    folder = report(found)
    assert sentence in checked(folder)
    assert json.loads((folder / "found.json").read_text())["matrices"] == []


def test_one_seed_of_one_generator_that_only_scales(report: Report) -> None:
    page = checked(report(discovery_of(np.eye(3)[None, None])))
    assert "nothing is known of its spread" in page
    assert "every form is invariant up to its scale" in page


def test_several_forms_are_no_metric(report: Report) -> None:
    turn = np.zeros((2, 1, 3, 3))
    turn[..., 0, 1], turn[..., 1, 0] = -1, 1
    folder = report(discovery_of(turn))
    assert "2 independent symmetric forms invariant, so that none is the metric" in checked(folder)


def test_tasks_that_were_learned_together_stand_apart(report: Report) -> None:
    found = discovery_of(rotations(seeds=4)[:, :1], settings={"method": {"name": "liegan"}, "tasks": 2})
    folder = report(found, tasks=["order 2", "order 3"])
    assert "2 tasks learned together, 2 seeds each" in checked(folder)
    assert [one["name"] for one in json.loads((folder / "found.json").read_text())["matrices"]] == [
        "order 2",
        "order 3",
    ]


def test_a_lens_is_compared_where_its_truth_is_known(report: Report) -> None:
    settings = signals_settings("gaussian_permuted", length=9)
    x = np.random.default_rng(3).normal(size=(60, 9))
    folder = report(
        lens_like(np.random.default_rng(0), settings, n_seeds=3),
        lens=True,
        x=x,
        names=tuple(f"x{k}" for k in range(9)),
        about={"dataset": settings.model_dump(mode="json"), "method": {"name": "symmetrylens_fast"}},
    )
    page = checked(folder)
    assert "One step of a translation on 9 components" in page
    values = {record.id.rpartition(".")[2]: record.value for record in read_records(folder / "numbers.json")}
    assert values["cosine"] > 0.9
    assert values["agreement"] > 0.9


def test_methods_side_by_side(report: Report, tmp_path: Path) -> None:
    members = {"orbits_null_space": "null_space", "orbits_quick": "liegan"}
    folders = [report(discovery_of(rotations()), name=name, identity=True) for name in members]
    inputs = {
        "numbers": [str(folder / "numbers.json") for folder in folders],
        "pictures": [str(folder / "found.svg") for folder in folders],
        "pages": [str(folder / "report.html") for folder in folders],
        "identities": [str(tmp_path / f"{name}.identity.json") for name in members],
    }
    target = tmp_path / "experiments" / "orbits"
    outputs = {"page": target / "methods.html"} | {
        kind: target / f"methods.{kind}.x" for kind in ("csv", "tex", "html", "json")
    }
    settings = {
        "name": "orbits",
        "members": list(members),
        "methods": list(members.values()),
        "dataset": "orbits",
        "scales": dict.fromkeys(members, "toy"),
        "command": "snakemake --cores 4 orbits",
    }
    report_family(inputs, outputs, settings)
    page = outputs["page"].read_text()
    assert "LieGAN (quick)" in page
    assert 'href="../orbits_quick/report.html"' in page
    assert "so(3)" in outputs["csv"].read_text()
