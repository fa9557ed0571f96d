"""The published LorentzNet's weights give the published logits, and other files are refused with their fault named."""

from pathlib import Path

import numpy as np
import pytest
import torch

from symscope.config.taggers import TaggerNetwork
from symscope.errors import CheckpointError
from symscope.models.nodes import check_jets
from symscope.models.published import load_published_lorentznet
from symscope.models.scoring import score_jets, take_jets


@pytest.fixture(scope="module")
def probe(reference_folder: Path) -> dict[str, np.ndarray]:
    with np.load(reference_folder / "lorentznet_probe.npz", allow_pickle=False) as file:
        return {name: file[name] for name in file}


@pytest.mark.reference
def test_logits_agree_in_float64(reference_folder: Path, probe: dict[str, np.ndarray]) -> None:
    network = load_published_lorentznet(reference_folder / "lorentznet_official.pt")
    logits = score_jets(network, probe["momenta"], probe["offsets"])
    assert logits.dtype == torch.float64
    np.testing.assert_allclose(logits.numpy(), probe["logits"], rtol=1e-6)
    assert ((logits[:, 1] > logits[:, 0]).numpy() == probe["label"]).mean() > 0.75


@pytest.mark.reference
def test_logits_in_lower_precision(reference_folder: Path, probe: dict[str, np.ndarray]) -> None:
    network = load_published_lorentznet(reference_folder / "lorentznet_official.pt")
    single = score_jets(network, probe["momenta"], probe["offsets"], precision="float32").numpy()
    np.testing.assert_allclose(single, probe["logits"], rtol=1e-5, atol=1e-4)
    low = score_jets(network, probe["momenta"], probe["offsets"], precision="bfloat16").softmax(1).numpy()
    exact = torch.from_numpy(probe["logits"]).softmax(1).numpy()
    assert np.abs(low - exact).max() < 0.02
    # Jets stored in float32, as the package's files are, keep their scores but for the rounding of momenta.
    stored = score_jets(network, probe["momenta"].astype(np.float32), probe["offsets"]).softmax(1).numpy()
    assert np.abs(stored - exact).max() < 0.02


@pytest.mark.reference
def test_score_does_not_depend_on_batch_mates(reference_folder: Path, probe: dict[str, np.ndarray]) -> None:
    network = load_published_lorentznet(reference_folder / "lorentznet_official.pt")
    momenta, offsets = torch.from_numpy(probe["momenta"]), torch.from_numpy(probe["offsets"])
    check_jets(momenta, offsets)
    jets = torch.tensor([0, 5, 17, 31])
    few = score_jets(network, *take_jets(momenta, offsets, jets), precision="float32").softmax(1)
    all_of_them = score_jets(network, momenta, offsets, precision="float32").softmax(1)
    torch.testing.assert_close(few, all_of_them[jets], rtol=0, atol=1e-5)


def published_state(*, hidden: int = 4, layers: int = 2) -> dict[str, torch.Tensor]:
    """A state dict with the published names, random numbers."""
    rng = torch.Generator().manual_seed(0)

    def linear(name: str, n_out: int, n_in: int, *, bias: bool = True) -> dict[str, torch.Tensor]:
        weights = {f"{name}.weight": torch.randn(n_out, n_in, generator=rng)}
        return weights | ({f"{name}.bias": torch.randn(n_out, generator=rng)} if bias else {})

    def norm(name: str) -> dict[str, torch.Tensor]:
        ones = {f"{name}.{leaf}": torch.ones(hidden) for leaf in ("weight", "bias", "running_mean", "running_var")}
        return ones | {f"{name}.num_batches_tracked": torch.tensor(3)}

    state = linear("module.embedding", hidden, 2)
    for k in range(layers):
        prefix = f"module.LGEBs.{k}"
        state |= linear(f"{prefix}.phi_e.0", hidden, 2 * hidden + 2, bias=False) | norm(f"{prefix}.phi_e.1")
        state |= linear(f"{prefix}.phi_e.3", hidden, hidden) | linear(f"{prefix}.phi_h.0", hidden, 2 * hidden + 2)
        state |= norm(f"{prefix}.phi_h.1") | linear(f"{prefix}.phi_h.3", hidden, hidden)
        state |= linear(f"{prefix}.phi_m.0", 1, hidden)
        if k < layers - 1:
            state |= linear(f"{prefix}.phi_x.0", hidden, hidden) | linear(f"{prefix}.phi_x.2", 1, hidden, bias=False)
    return state | linear("module.graph_dec.0", hidden, hidden) | linear("module.graph_dec.3", 2, hidden)


@pytest.mark.parametrize("prefix", ["module.", ""])
def test_size_is_read_from_the_file(tmp_path: Path, prefix: str) -> None:
    state = {prefix + key.removeprefix("module."): value for key, value in published_state(hidden=5, layers=3).items()}
    torch.save(state, tmp_path / "weights.pt")
    network = load_published_lorentznet(tmp_path / "weights.pt")
    assert not network.training
    assert (network.settings.hidden, network.settings.layers) == (5, 3)
    assert network.settings.momentum_clamp == 100.0
    assert TaggerNetwork().momentum_clamp is None
    assert torch.equal(network.layers[1].gate.weight, state[f"{prefix}LGEBs.1.phi_m.0.weight"])


def damaged(kind: str) -> object:
    state: dict[str, object] = dict(published_state())
    if kind == "missing":
        del state["module.LGEBs.1.phi_m.0.bias"]
    elif kind == "shape":
        state["module.LGEBs.0.phi_e.3.weight"] = torch.zeros(4, 5)
    elif kind == "surplus":
        state["module.attention.weight"] = torch.zeros(1)
    elif kind == "other":
        return {"conv.weight": torch.zeros(2, 2)}
    elif kind == "empty":
        return {}
    elif kind == "no tensor":
        state["module.embedding.bias"] = "text"
    elif kind == "list":
        return [torch.zeros(2)]
    return state


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("missing", r"lacks 'layers\.1\.gate\.bias'"),
        ("shape", r"'layers\.0\.edge_out\.weight' has shape \(4, 5\), the network needs \(4, 4\)"),
        ("surplus", r"'module\.attention\.weight' are no keys"),
        ("other", r"'conv\.weight' are no keys"),
        ("empty", "this is no LorentzNet"),
        ("no tensor", "is a str, not a tensor"),
        ("list", "holds a list"),
    ],
)
def test_other_checkpoints_are_refused(tmp_path: Path, kind: str, words: str) -> None:
    torch.save(damaged(kind), tmp_path / "weights.pt")
    with pytest.raises(CheckpointError, match=words):
        load_published_lorentznet(tmp_path / "weights.pt")


def test_unreadable_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.pt"
    with pytest.raises(CheckpointError, match="no such file"):
        load_published_lorentznet(path)
    torch.save(published_state(), path)
    whole = path.read_bytes()
    for content in (b"", b"abc", b"\x80\x02.", b"no checkpoint", bytes(range(256)), whole[: len(whole) // 2]):
        path.write_bytes(content)
        with pytest.raises(CheckpointError, match="no readable torch checkpoint"):
            load_published_lorentznet(path)


def test_code_in_a_checkpoint_is_not_run(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, ...]:
            return Path.touch, (tmp_path / "ran",)

    torch.save({"module.embedding.weight": Evil()}, tmp_path / "weights.pt")
    with pytest.raises(CheckpointError, match="plain tensors"):
        load_published_lorentznet(tmp_path / "weights.pt")
    assert not (tmp_path / "ran").exists()
