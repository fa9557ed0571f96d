"""Numbers of orbits: which records there are, what they hold, and why one is missing; the table of predictors."""

import csv
import io

import numpy as np
import pytest
from pydantic import ValidationError
from tests.makers.orbit_results import TRUTH, discovery, liegan_like, two_body_discoveries

from symscope.errors import DataError
from symscope.evaluation.constraints import relative_spectra
from symscope.report.entries import TargetText, read_target, write_entry
from symscope.report.format import format_measured, format_published
from symscope.report.orbits import compared_records, spectrum_records
from symscope.report.page import render_report
from symscope.report.prediction import cell_model, prediction_records
from symscope.report.records import load_published
from symscope.report.tables import TableColumn, TableLayout, TableRow, make_table, table_csv, table_html, table_latex

GIF = b"GIF89a" + bytes(20)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>'


@pytest.fixture(scope="module")
def published(repository):
    return load_published(repository / "resources" / "published.yaml")


@pytest.fixture(scope="module")
def table_2(repository):
    return read_target(repository / "resources" / "targets" / "liegan_table_2.yaml").table


def test_every_method_has_its_records(rng, published):
    found = two_body_discoveries(rng)
    records = compared_records(
        "liegan.figure_3", found, dict.fromkeys(found, TRUTH), published=published, scale="small"
    )
    by_id = {record.id: record for record in records}
    for role in ("liegan", "liegan_es", "augerino", "symmetrygan"):
        cosine, rate = by_id[f"liegan.figure_3.{role}.cosine"], by_id[f"liegan.figure_3.{role}.success_rate"]
        assert (cosine.statistic, cosine.n_seeds, cosine.scale) == ("median", 8, "small")
        assert cosine.published is not None
        assert rate.value == (0.0 if role == "augerino" else 1.0)
        assert f"{8 * rate.value:.0f} of 8 seeds succeed" in rate.note
    assert by_id["liegan.figure_3.liegan.cosine"].published == 0.9998
    assert by_id["liegan.figure_3.liegan_es.cosine"].published_label == "published matrix"
    assert by_id["liegan.figure_3.symmetrygan.angle"].value == pytest.approx(90, abs=2)
    assert by_id["liegan.figure_3.symmetrygan.angle"].published == 90
    assert by_id["liegan.figure_3.symmetrygan_free.angle"].std > 10
    assert "liegan.figure_3.liegan.angle" not in by_id
    assert by_id["liegan.figure_3.liegan.seconds"].value == 12.5


def test_ranks_of_the_spectrum(rng, published):
    learned = liegan_like(rng, noise=0.002)
    learned[2] = np.nan
    spectra = relative_spectra(discovery(learned), TRUTH)
    records = spectrum_records("liegan.figure_7", *spectra, published=published, scale="small")
    by_id = {record.id.removeprefix("liegan.figure_7."): record for record in records}
    strict, raised = by_id["learned.rank_strict"], by_id["learned.rank_raised"]
    assert (strict.value, strict.published, strict.n_seeds) == (8, 8, 7)
    assert (raised.value, raised.published) == (32, 32)
    assert "1 of 8 seeds gave no finite value" in raised.note
    assert by_id["truth.rank_strict"].value == by_id["truth.rank_raised"].value == 32
    assert by_id["learned.rank_gap"].value == 32
    assert 1e-5 < by_id["learned.residual"].value < 5e-3


def run(mse: float, **more: float) -> dict:
    return {"mse": mse, "train_mse": mse / 10, "truth_equivariance_error": 1e-3, **more}


def test_models_stand_in_their_cells(table_2, published):
    runs = {
        "liegan_emlp": [run(1e-5), run(2e-5), run(9e-5)],
        "liegan_augmentation": [run(3e-5), run(4e-5), run(5e-5), run(6e-5)],
        "mlp": [run(0.05)],
        "hnn": [{"mse": None}],
        "something_else": [run(1.0)],
    }
    records = prediction_records(runs, table_2, published=published, scale="small")
    by_id = {record.id.removeprefix("liegan.table_2."): record for record in records}
    assert {
        f"{row}.{use}"
        for row in ("liegan", "liegan_es", "augerino", "symmetrygan", "truth")
        for use in ("emlp", "augmentation")
    } <= set(by_id)
    emlp = by_id["liegan.emlp"]
    assert (emlp.value, emlp.statistic, emlp.n_seeds, emlp.published, emlp.note) == (2e-5, "median", 3, 6.43e-5, "")
    assert by_id["liegan.augmentation"].n_seeds == 4
    assert by_id["liegan.emlp_train"].value == pytest.approx(2e-6)
    assert by_id["mlp.mse"].value == 0.05
    assert by_id["truth.emlp"].note == "The study has no model 'truth_emlp'."
    assert by_id["symmetrygan.emlp"].note.startswith("SymmetryGAN learns one group element")
    assert by_id["hnn.mse"].note == "1 of 1 seeds gave no finite value and are left out."
    assert by_id["hnn.mse_train"].note == "The evaluation of 'hnn' has no train_mse."
    assert "mlp.emlp" not in by_id
    assert "liegan.mse" not in by_id


def test_cells_name_their_model():
    assert cell_model("liegan_es", "emlp") == ("liegan_es_emlp", "mse")
    assert cell_model("truth", "augmentation_equivariance") == ("truth_augmentation", "truth_equivariance_error")
    assert cell_model("hnn", "mse_train") == ("hnn", "train_mse")


def test_a_cell_that_a_row_does_not_have_stays_empty(table_2, published):
    records = prediction_records({"liegan_emlp": [run(1e-5), run(2e-5)]}, table_2, published=published)
    by_id = {record.id: record for record in records}
    table = make_table(records, table_2, "t")
    html = table_html(table)
    assert html.count('<span class="ours none">\N{EN DASH}</span>') == 6 + 2 * 2
    assert '1.5 <span class="range">[1.0 to 2.0] \N{MULTIPLICATION SIGN} 10⁻⁵</span>' in html
    assert html.count('<span class="ours none">\N{EN DASH}<sup>a</sup></span>') == 1
    assert "<sup>a</sup>&nbsp;SymmetryGAN learns one group element" in html
    assert "6.43 \N{MULTIPLICATION SIGN} 10⁻⁵" in html
    latex = table_latex(table)
    assert r"LieGAN & $1.5\ [1.0\mbox{ to }2.0] \times 10^{-5}$ & -- &  \\" in latex
    assert r"SymmetryGAN & --$^{a}$ & -- &  \\" in latex
    assert "% a: SymmetryGAN learns one group element" in latex
    assert r"\quad published &  &  & $8.49 \times 10^{-2}$ \\" in latex
    assert "% Median over seeds; brackets hold the lowest and the highest seed." in latex
    rows = list(csv.DictReader(io.StringIO(table_csv(table))))
    assert float(rows[0]["emlp"]) == by_id["liegan.table_2.liegan.emlp"].value
    assert (rows[0]["mse"], rows[-1]["mse_published"]) == ("", "0.0849")


def test_a_layout_that_names_unknown_columns_is_refused():
    columns = (TableColumn(key="a", label="A"),)
    with pytest.raises(ValidationError, match="row r names the column b, which does not exist; columns: a"):
        TableLayout(prefix="x.t", rows=(TableRow(key="r", label="R", columns=("a", "b")),), columns=columns)
    with pytest.raises(ValidationError, match="names the column c"):
        TableLayout(prefix="x.t", rows=(TableRow(key="r", label="R", missing={"c": "why"}),), columns=columns)


@pytest.mark.parametrize(
    ("value", "std", "text"),
    [
        (0.0849, None, "8.49 x 10⁻²"),
        (0.0849, 0.004, "(8.5 ± 0.4) x 10⁻²"),
        (1.47, 0.1, "1.47 ± 0.10"),
        (12.0, None, "1.2 x 10¹"),
        (7.8e-5, 1.13e-4, "(8 ± 11) x 10⁻⁵"),
        (12.3, 3.8e12, "1.23 x 10¹ ± 3.80 x 10¹²"),
    ],
)
def test_numbers_of_many_sizes_share_a_notation(value, std, text):
    assert format_measured(value, std, scientific=True) == text.replace("x", "\N{MULTIPLICATION SIGN}")


@pytest.mark.parametrize(
    ("value", "text"), [(9.45e-6, "9.45 x 10⁻⁶"), (3e7, "3 x 10⁷"), (0.94, "0.94"), (1.47, "1.47")]
)
def test_published_numbers_keep_their_digits(value, text):
    assert format_published(value) == text.replace("x", "\N{MULTIPLICATION SIGN}")
    assert format_published(0.0) == "0"


@pytest.fixture
def film(tmp_path):
    files = {"svg": tmp_path / "a.svg", "gif": tmp_path / "a.gif"}
    files["svg"].write_text(SVG)
    files["gif"].write_bytes(GIF)
    target = TargetText(
        name="film", title="Film", kind="figure", caption="c", alt="strip", animation="Bodies turn <b>."
    )
    return write_entry(tmp_path / "film.json", target, files=files)


def test_an_animation_waits_until_it_is_asked_for(film, tmp_path):
    render_report([film], [], {}, tmp_path / "index.html")
    html = (tmp_path / "index.html").read_text(encoding="utf-8")
    before, _, after = html.partition('<details class="animation">')
    assert "data:image/svg+xml" in before
    assert "data:image/gif" not in before
    assert after.lstrip().startswith("<summary>Play the animation</summary>")
    assert 'src="data:image/gif;base64,R0lGODlh' in after.partition("</details>")[0]
    assert 'alt="Bodies turn &lt;b&gt;."' in after
    assert ">GIF <" in after


def test_a_broken_animation_is_named(film, tmp_path):
    (tmp_path / "a.gif").write_bytes(b"no movie")
    with pytest.raises(DataError, match=r"a\.gif is no GIF file"):
        render_report([film], [], {}, tmp_path / "index.html")
    (tmp_path / "a.gif").unlink()
    with pytest.raises(DataError, match=r"the animation .*a\.gif does not exist"):
        render_report([film], [], {}, tmp_path / "index.html")
