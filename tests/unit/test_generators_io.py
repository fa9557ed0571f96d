"""Discoveries and metrics come back from their files as they went in."""

import numpy as np
import pytest
from tests.makers.edited import edited_hdf5

from symscope.config.discovery import MetricFit
from symscope.discovery.result import Discovery
from symscope.errors import DataError
from symscope.groups import fit_ensemble_metric, known_algebra
from symscope.io.generators import read_discovery, write_discovery
from symscope.io.metrics import read_metrics, write_metrics


@pytest.mark.parametrize("algebra", ["so(1,3)+dilatation", "su(2)"])
def test_a_discovery_survives_its_file(tmp_path, algebra):
    generators = np.repeat(known_algebra(algebra)[None], 2, axis=0)
    before = Discovery(
        generators=generators,
        elements=0.5 * generators,
        span=np.eye(generators.shape[-1])[:, :2],
        seeds=(4, 9),
        history={"generator_loss": np.arange(6.0).reshape(2, 3)},
        history_steps=np.array([1, 2, 3]),
        history_generators=np.repeat(generators[:, None], 3, axis=1),
        coefficient_parameters={"means": np.ones((2, 3))},
        settings={"method": {"name": "liegan"}, "n_samples": 12},
        seconds=1.5,
        steps=3,
    )
    write_discovery(tmp_path / "new" / "d.h5", before)
    after = read_discovery(tmp_path / "new" / "d.h5")
    assert after.seeds == before.seeds
    assert after.settings == before.settings
    assert (after.seconds, after.steps) == (1.5, 3)
    for name in ("generators", "elements", "span", "history_steps", "history_generators"):
        np.testing.assert_array_equal(getattr(after, name), getattr(before, name))
    np.testing.assert_array_equal(after.history["generator_loss"], before.history["generator_loss"])
    np.testing.assert_array_equal(after.coefficient_parameters["means"], 1.0)


def test_a_discovery_of_generators_has_no_elements(tmp_path):
    generators = known_algebra("so(3)")[None]
    before = Discovery(
        generators=generators,
        seeds=(0,),
        history={},
        history_steps=np.zeros(0, dtype=np.int64),
        history_generators=np.zeros((1, 0, 3, 3, 3)),
        settings={},
        seconds=1.0,
        steps=1,
    )
    write_discovery(tmp_path / "d.h5", before)
    after = read_discovery(tmp_path / "d.h5")
    assert after.elements is None
    np.testing.assert_array_equal(after.span, np.eye(3))
    with edited_hdf5(tmp_path / "d.h5") as file:  # as files were before they had a span
        del file["span"]
        file.attrs["format_version"] = 1
    np.testing.assert_array_equal(read_discovery(tmp_path / "d.h5").span, np.eye(3))


def test_metrics_survive_their_file(tmp_path):
    fitted = fit_ensemble_metric(np.repeat(known_algebra("so(1,3)")[None], 3, axis=0), settings=MetricFit())
    write_metrics(tmp_path / "m.h5", fitted)
    after = read_metrics(tmp_path / "m.h5")
    for name, value in fitted._asdict().items():
        np.testing.assert_array_equal(getattr(after, name), value)


def test_other_files_are_refused_by_name(tmp_path):
    with pytest.raises(DataError, match=r"absent\.h5: there is no such file"):
        read_discovery(tmp_path / "absent.h5")
    (tmp_path / "text.h5").write_text("no HDF5")
    with pytest.raises(DataError, match=r"text\.h5"):
        read_metrics(tmp_path / "text.h5")
    fitted = fit_ensemble_metric(known_algebra("so(3)")[None], settings=MetricFit())
    write_metrics(tmp_path / "m.h5", fitted)
    with pytest.raises(DataError, match="no discovery file"):
        read_discovery(tmp_path / "m.h5")


def test_a_failed_write_leaves_nothing_behind(tmp_path):
    fitted = fit_ensemble_metric(known_algebra("so(3)")[None], settings=MetricFit())
    with pytest.raises(TypeError):
        write_metrics(tmp_path / "m.h5", fitted._replace(joint=np.array([object()])))
    assert list(tmp_path.iterdir()) == []
