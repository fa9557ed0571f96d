"""`symscope draw` and `symscope show`: results as pictures and in words."""

from pathlib import Path

import numpy as np
import pytest

from symscope.config.discovery import MetricFit
from symscope.discovery.result import Discovery
from symscope.groups.forms import fit_ensemble_metric
from symscope.io.generators import write_discovery
from symscope.io.lens import write_lens
from symscope.io.metrics import write_metrics
from tests.cli.conftest import Run
from tests.makers.discoveries import discovery_of, rotations
from tests.makers.lens_results import lens_like, signals_settings


@pytest.fixture
def discovery(folder: Path) -> Discovery:
    """Rotations of space, found by three seeds."""
    found = discovery_of(rotations(seeds=3))
    write_discovery(folder / "generators.h5", found)
    return found


@pytest.mark.parametrize(("name", "magic"), [("a.svg", b"<?xml"), ("a.pdf", b"%PDF"), ("a.PNG", b"\x89PNG")])
def test_a_discovery_is_drawn(folder: Path, run: Run, discovery: Discovery, name: str, magic: bytes) -> None:
    assert run("draw", "generators.h5", "-o", name, "--components", "x, y, z").output.strip() == name
    assert (folder / name).read_bytes().startswith(magic)


def test_the_default_picture_stands_here(folder: Path, run: Run, discovery: Discovery) -> None:
    assert run("draw", "generators.h5", "--seed", "1").output.strip() == "generators.svg"
    assert b"<svg" in (folder / "generators.svg").read_bytes()


def test_a_discovery_is_told(run: Run, discovery: Discovery) -> None:
    told = run("show", "generators.h5").output
    assert "algebra: so(3)" in told
    assert "seeds: 0, 1, 2" in told
    assert "L3:" in told
    assert "L3:" not in run("show", "generators.h5", "--no-matrices").output


def test_metrics_and_lenses_are_drawn_and_told(folder: Path, run: Run, discovery: Discovery) -> None:
    write_metrics(folder / "metrics.h5", fit_ensemble_metric(discovery.generators, settings=MetricFit()))
    assert "its signature: 3 positive, 0 negative" in run("show", "metrics.h5").output
    run("draw", "metrics.h5", "-o", "m.png")
    write_lens(folder / "lens.h5", lens_like(np.random.default_rng(0), signals_settings("gaussian_permuted", length=9)))
    assert "translations: 1" in run("show", "lens.h5").output
    run("draw", "lens.h5", "-o", "l.png")
    assert (folder / "l.png").stat().st_size > 1000


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["draw", "generators.h5", "-o", "x.jpg"], "a picture ends in .svg, .pdf, .png"),
        (["draw", "generators.h5", "--components", "x,y"], "--components has 2 names"),
        (["draw", "generators.h5", "--seed", "7"], "--seed is 7"),
        (["draw", "no.h5"], "there is no such file"),
        (["show", "plain.h5"], "is no file of symscope"),
        (["draw", "text.h5"], "no HDF5 file or is cut off"),
    ],
)
def test_mistakes_are_told_in_a_sentence(
    folder: Path, run: Run, discovery: Discovery, words: list[str], sentence: str
) -> None:
    import h5py

    with h5py.File("plain.h5", "w") as file:
        file["x"] = np.zeros(3)
    (folder / "text.h5").write_text("no")
    assert sentence in run(*words, status=1).stderr
    assert not list(folder.glob("*.svg"))
