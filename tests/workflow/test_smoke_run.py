"""One run of the whole workflow at toy size: what it leaves behind, and what an edit makes it do again."""

import json
import zipfile
from collections.abc import Callable

import pytest

from symscope.config.targets import TARGETS
from tests.workflow.conftest import Checkout

SMOKE = ("--configfile", "config/smoke.yaml")
CLOSING = {"collect_summary": 1, "render_report": 1}

Edit = Callable[[str, str, str], Checkout]


@pytest.mark.slow
def test_the_run_leaves_report_tables_figures_and_numbers(finished_smoke: Checkout) -> None:
    results = finished_smoke.folder / "results" / "smoke"
    for name in (name for name, target in TARGETS.items() if target.form == "figure"):
        assert (results / "figures" / f"{name}.svg").read_text().lstrip().startswith("<?xml")
        assert (results / "figures" / f"{name}.pdf").read_bytes().startswith(b"%PDF")
    for suffix in ("csv", "tex", "html"):
        assert "LorentzNet" in (results / "tables" / f"liegan_table_3.{suffix}").read_text()
        assert "Augerino+" in (results / "tables" / f"liegan_table_2.{suffix}").read_text()
    assert (results / "figures" / "orbit_film.gif").read_bytes().startswith(b"GIF")
    assert "LieGNN" in (results / "report" / "index.html").read_text()


@pytest.mark.slow
def test_the_summary_has_every_number(finished_smoke: Checkout) -> None:
    records = json.loads((finished_smoke.folder / "results" / "smoke" / "summary.json").read_text())["records"]
    by_id = {record["id"]: record for record in records}
    models, columns = (
        ("lorentznet", "lorentznet_wo", "egnn", "liegnn"),
        ("accuracy", "auc", "rejection_30", "rejection_50"),
    )
    wanted = {f"liegan.table_3.{model}.{column}" for model in models for column in columns}
    wanted |= {"liegan.figure_5.span_cosine", "liegan.figure_5.metric_cosine", "jets.fidelity.auc"}
    methods = ("liegan", "liegan_es", "augerino", "symmetrygan")
    wanted |= {f"liegan.figure_3.{method}.{key}" for method in methods for key in ("cosine", "success_rate")}
    wanted |= {"liegan.figure_8.cosine", "liegan.figure_8.success_rate"}
    wanted |= {f"liegan.figure_11.{key}" for key in ("rotation_cosine", "success_rate", "angle_range")}
    wanted |= {f"liegan.table_2.{row}.{use}" for row in (*methods, "truth") for use in ("emlp", "augmentation")}
    wanted |= {f"liegan.table_5.{row}.{target}" for row in ("none", "liegan", "se3") for target in ("homo", "lumo")}
    wanted |= {"liegan.figure_12.span_cosine", "liegan.figure_12.success_rate"}
    wanted |= {
        f"liegan.table_4.{method}.{order}.{key}"
        for method in ("liegan", "symmetrygan")
        for order in ("k6", "k7", "k8")
        for key in ("mae", "success_rate")
    }
    tasks = ("discrete", "continuous", "subset")
    wanted |= {f"liegan.table_1.{row}.{task}" for row in ("liegan", "augerino", "liegg", "msr") for task in tasks}
    wanted |= {"liegan.table_1.augerino_given.subset", "liegan.table_1.msr.weight_sharing"}
    wanted |= {"liegan.figure_9.mae", "liegan.figure_10.span_cosine"}
    wanted |= {f"discrete.{key}" for key in ("orders.right", "cyclic.k7.right", "signs.lorentz.rejected")}
    wanted |= {
        f"calibration.{key}" for key in ("false_positive_rate", "false_alarm_rate", "coverage", "five_sigma_events")
    }
    wanted |= {
        f"zoo.{key}"
        for key in ("named_right", "wrong", "undetermined", "closure.named_right", "reference", "family_named")
    }
    wanted |= {"liegan.table_2.hnn.mse", "liegan.table_2.mlp.mse"}
    wanted |= {
        f"symmetrylens.images.{role}.{key}" for role in ("translation", "permuted") for key in ("cosine", "commutator")
    }
    wanted |= {f"engine.two_bodies_null_space.{key}" for key in ("dimension", "algebra", "cosine", "seconds")}
    assert wanted <= set(by_id)
    for identifier in wanted:
        record = by_id[identifier]
        assert {"value", "std", "n_seeds", "published", "scale", "source"} <= set(record)
        assert record["value"] is not None or record["note"]
    assert by_id["liegan.table_3.egnn.auc"]["n_seeds"] == 2
    assert by_id["liegan.table_3.egnn.auc"]["scale"].startswith("smoke: 200 training jets")
    assert by_id["liegan.table_3.egnn.auc"]["published"] == pytest.approx(0.976)


@pytest.mark.slow
def test_snakemakes_own_report_has_figures_with_captions(finished_smoke: Checkout) -> None:
    finished_smoke.snakemake(*SMOKE, "--report", "report.zip")
    with zipfile.ZipFile(finished_smoke.folder / "report.zip") as archive:
        names = archive.namelist()
    assert any(name.endswith("liegan_figure_5.svg") for name in names)
    assert any(name.endswith("liegan_table_3.html") for name in names)


@pytest.mark.slow
def test_a_finished_training_is_not_continued_by_other_code(finished_smoke: Checkout) -> None:
    assert not list((finished_smoke.folder / "results").rglob("*.checkpoint"))


@pytest.mark.slow
def test_nothing_is_left_to_do(finished_smoke: Checkout) -> None:
    assert finished_smoke.planned(*SMOKE) == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "old", "new", "rerun"),
    [
        pytest.param(
            "src/symscope/plotting/fidelity.py",
            "import numpy as np",
            "import numpy as np\n\nEDITED = 1",
            {"jets_fidelity": 1} | CLOSING,
            id="the code of one figure",
        ),
        pytest.param("src/symscope/groups/forms.py", '"""', '"""Edited. ', {}, id="a docstring"),
        pytest.param("src/symscope/models/lorentznet.py", "import ", "# edited\nimport ", {}, id="a comment"),
        pytest.param(
            "src/symscope/groups/forms.py",
            "import numpy as np",
            "import numpy as np\n\nEDITED = 1",
            # Only the model with the fitted metric is trained again; rotations and boosts are read off an algebra by its forms.
            {"fit_metric": 1, "liegan_figure_5": 1, "train_tagger": 2, "evaluate_tagger": 2, "liegan_table_3": 1}
            | {"identify": 16, "engine_table_methods": 1, "engine_figure_spectra": 1}
            | CLOSING,
            id="the science of one stage",
        ),
        pytest.param(
            "resources/targets/liegan_figure_6.yaml",
            "before and after",
            "before, then after",
            {"liegan_figure_6": 1, "render_report": 1},
            id="a caption",
        ),
        pytest.param("config/smoke.yaml", "title: Smoke test", "title: Smoke", {"render_report": 1}, id="a setting"),
    ],
)
def test_an_edit_reruns_what_uses_it_and_nothing_else(
    edited: Edit, file: str, old: str, new: str, rerun: dict[str, int]
) -> None:
    jobs = edited(file, old, new).planned(*SMOKE)
    jobs.pop("default", None)
    assert jobs == rerun


# In this file, because each worker of the tests would make a run of its own for another file.
@pytest.mark.slow
def test_pages_of_a_finished_run_are_made_without_running_again(finished_smoke: Checkout) -> None:
    names = ("two_bodies_null_space", "gaussian_permuted")
    assert finished_smoke.planned(*names, *SMOKE)["experiment_report"] == 2
    assert not {"discover_lens", "discover_null_space"} & set(finished_smoke.planned(*names, *SMOKE))
    finished_smoke.snakemake("--cores", "2", *names, *SMOKE)
    for name in names:
        folder = finished_smoke.folder / "results" / "smoke" / "experiments" / name
        assert {path.name for path in folder.iterdir()} >= {
            "report.html",
            "found.h5",
            "found.json",
            "found.tex",
            "found.svg",
        }
        page = (folder / "report.html").read_text()
        assert f"snakemake --cores 4 {name} --configfile config/smoke.yaml" in page
