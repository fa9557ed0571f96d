"""Networks against the groups that they are built from; group elements come from scipy's exponential."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from symscope.config.prediction import Augmentation, EmlpModel, HnnModel
from symscope.errors import ConfigError
from symscope.groups import known_algebra, rotation_algebra
from symscope.groups.representations import Group
from symscope.models.emlp.linear import EquivariantMaps, MapShape
from symscope.models.emlp.network import Emlp
from symscope.models.frame import data_span, fit_frame
from symscope.models.hnn import Hnn, flow_units
from symscope.training.augmentation import Symmetry, draw_elements, unit_generators

NONE = np.zeros((0, 0, 0))
SWAP, CYCLE = np.eye(4)[[1, 0, 2, 3]], np.roll(np.eye(4), 1, axis=0)
GROUPS = {
    "SO(2), two bodies": (known_algebra("so(2)", copies=4), NONE),
    "SO(3)": (rotation_algebra(3), NONE),
    "SO(3), position and momentum": (known_algebra("so(3)", copies=2), NONE),
    "O(1,3)": (known_algebra("so(1,3)"), np.stack([np.diag([-1.0, 1, 1, 1]), np.diag([1.0, -1, 1, 1])])),
    "dilatation": (known_algebra("dilatation(3)"), NONE),
    "so(1,3)+dilatation": (known_algebra("so(1,3)+dilatation"), NONE),
    "S_4": (NONE, np.stack([SWAP, CYCLE])),
}
STRICT = {torch.float64: 1e-11, torch.float32: 2e-4}
SEEDS = 2


def make_group(name: str) -> Group:
    generators, elements = GROUPS[name]
    return Group(
        *(np.stack([part] * SEEDS) if part.size else np.zeros((SEEDS, 0, 0, 0)) for part in (generators, elements))
    )


def streams(n: int = SEEDS) -> list[torch.Generator]:
    return [torch.Generator().manual_seed(seed) for seed in range(n)]


def make_network(group: Group, dtype: torch.dtype, **changes: object) -> Emlp:
    """A network with large weights, biases included, so that every nonlinearity is felt."""
    network = Emlp(
        EmlpModel(tolerance=1e-9, gap_up_to=None, **changes), group, past=3, future=2, streams=streams(), dtype=dtype
    )
    stream = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.3 * torch.randn(parameter.shape, generator=stream, dtype=dtype))
    return network


def random_element(name: str, rng: np.random.Generator) -> np.ndarray:
    generators, elements = GROUPS[name]
    g = np.eye((generators if generators.size else elements).shape[-1])
    if generators.size:
        g = expm(np.tensordot(rng.normal(size=len(generators)), generators, 1) / np.sqrt(len(generators)))
    for element in elements:
        g = np.linalg.matrix_power(element, int(rng.integers(0, 4))) @ g
    return g


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("name", GROUPS)
@pytest.mark.parametrize(
    "changes", [{}, {"scalars": 3, "layers": 2}, {"bilinear": False}], ids=["plain", "scalars", "no products"]
)
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_emlp_commutes_with_its_group(name: str, dtype: torch.dtype, changes: dict[str, object], seed: int) -> None:
    rng = np.random.default_rng(seed)
    network = make_network(make_group(name), dtype, **changes)
    g = torch.as_tensor(random_element(name, rng), dtype=dtype)
    x = torch.as_tensor(rng.normal(size=(SEEDS, 6, 3, len(g))), dtype=dtype)
    before, after = network(x) @ g.mT, network(x @ g.mT)
    size = float(before.detach().abs().max().clamp_min(1e-6)) * float(torch.linalg.cond(g)) ** 2
    torch.testing.assert_close(after / size, before / size, rtol=0, atol=STRICT[dtype])


@pytest.mark.parametrize("name", ["SO(2), two bodies", "SO(3)", "S_4", "O(1,3)"])
def test_emlp_is_no_linear_map(name: str) -> None:
    network = make_network(make_group(name), torch.float64)
    x = torch.randn(SEEDS, 5, 3, network.dim, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    odd = network(2 * x) - 2 * network(x)
    assert float(odd.detach().abs().max() / network(x).detach().abs().max()) > 0.05


def test_emlp_is_not_equivariant_under_other_groups() -> None:
    network = make_network(make_group("SO(2), two bodies"), torch.float64)
    g = torch.as_tensor(expm(0.5 * np.kron(np.diag([1.0, -1, 1, 1]), rotation_algebra(2)[0])))
    x = torch.randn(SEEDS, 5, 3, 8, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    wrong = network(x @ g.mT) - network(x) @ g.mT
    assert float(wrong.detach().norm() / network(x).detach().norm()) > 0.05


def test_each_seed_has_its_own_group() -> None:
    """Two groups in one ensemble give what two ensembles of one give, and each network commutes with its own alone."""
    both = np.stack([known_algebra("so(2)", copies=2), np.kron(rotation_algebra(2)[0], np.diag([1.0, 2.0]))[None]])
    network = make_network(Group(both), torch.float64)
    assert network.ranks == [8, 4]
    x = torch.randn(SEEDS, 5, 3, 4, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    errors = np.zeros((2, 2))
    for k, (generator,) in enumerate(both):
        g = torch.as_tensor(expm(0.7 * generator))
        wrong = (network(x @ g.mT) - network(x) @ g.mT).detach().flatten(1).norm(dim=1)
        errors[k] = (wrong / network(x).detach().flatten(1).norm(dim=1)).numpy()
    assert errors.diagonal().max() < 1e-12
    assert min(errors[0, 1], errors[1, 0]) > 1e-3
    plain = [
        Emlp(
            EmlpModel(tolerance=1e-9),
            Group(both[k : k + 1]),
            past=3,
            future=2,
            streams=[streams()[k]],
            dtype=torch.float64,
        )
        for k in range(2)
    ]
    together = Emlp(EmlpModel(tolerance=1e-9), Group(both), past=3, future=2, streams=streams(), dtype=torch.float64)
    for k in range(2):
        torch.testing.assert_close(together(x)[k], plain[k](x[k : k + 1])[0])
    assert together.maps.n_parameters == [p.maps.n_parameters[0] for p in plain]


@pytest.mark.parametrize("name", ["SO(3)", "O(1,3)", "dilatation"])
def test_weights_and_biases_are_equivariant(name: str, rng: np.random.Generator) -> None:
    """Each map of a bank between mixed sums of tensors, and the gradient through it."""
    group = make_group(name)
    shapes = [
        MapShape((("V", 2), ("", 1)), (("V", 1), ("VD", 2), ("", 3))),
        MapShape((("VD", 1),), (("D", 1), ("VD", 1))),
    ]
    maps = EquivariantMaps(
        group, shapes, tolerance=1e-9, gap_up_to=None, streams=streams(), gains=[1.0, 1.0], dtype=torch.float64
    )
    with torch.no_grad():
        for parameter in maps.parameters():
            parameter.copy_(torch.as_tensor(rng.normal(size=parameter.shape)))
    g = random_element(name, rng)
    words = {"V": g, "D": np.linalg.inv(g).T, "VD": np.kron(g, np.linalg.inv(g).T), "": np.eye(1)}
    for shape, (weight, bias) in zip(shapes, maps(), strict=True):
        sides = []
        for copies in shape:
            matrix = np.zeros((0, 0))
            for word, count in copies:
                block = np.kron(np.eye(count), words[word])
                matrix = np.block(
                    [[matrix, np.zeros((len(matrix), len(block)))], [np.zeros((len(block), len(matrix))), block]]
                )
            sides.append(torch.as_tensor(matrix))
        into, out = sides
        torch.testing.assert_close(into.mT @ weight @ torch.linalg.inv(out).mT, weight, rtol=0, atol=1e-9)
        torch.testing.assert_close(bias @ out.mT, bias, rtol=0, atol=1e-9)
        assert weight.abs().max() > 0
    name = next(iter(maps.coefficients))

    def total(coefficients: torch.Tensor) -> torch.Tensor:
        swapped = torch.func.functional_call(maps, {f"coefficients.{name}": coefficients}, ())
        return torch.stack(
            [
                (part.square() * torch.arange(1, part.numel() + 1).view_as(part)).sum()
                for pair in swapped
                for part in pair
            ]
        )

    assert torch.autograd.gradcheck(total, maps.coefficients[name].detach().requires_grad_())


def test_linear_maps_to_nothing_are_an_error() -> None:
    group = make_group("dilatation")
    with pytest.raises(ConfigError, match=r"from V to T\(1,1\) is equivariant \(generator 0 alone"):
        EquivariantMaps(
            group,
            [MapShape((("V", 1),), (("VD", 1),))],
            tolerance=1e-9,
            gap_up_to=None,
            streams=streams(),
            gains=[1.0],
            dtype=torch.float64,
        )


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_augmented_elements_are_those_of_scipy(dtype: torch.dtype) -> None:
    generators = torch.as_tensor(np.stack([known_algebra("so(1,3)")] * 2), dtype=dtype)
    drawn = draw_elements(Symmetry(generators, generators[:, :0]), Augmentation(sigma=0.7), 6, streams())
    weights = [torch.randn(6, 6, generator=s, dtype=torch.float64) for s in streams()]
    for k in range(2):
        expected = [expm(0.7 * np.tensordot(w, known_algebra("so(1,3)"), 1)) for w in weights[k].numpy()]
        np.testing.assert_allclose(drawn.forward[k], expected, rtol=0, atol=30 * STRICT[dtype])
        identity = drawn.forward[k].double() @ drawn.inverse[k].double()
        np.testing.assert_allclose(identity, np.stack([np.eye(4)] * 6), atol=100 * STRICT[dtype])


def test_powers_of_an_element() -> None:
    quarter = torch.as_tensor(expm(np.pi / 2 * rotation_algebra(2)))[None]
    symmetry = Symmetry(quarter[:, :0], quarter)
    drawn = draw_elements(symmetry, Augmentation(law="elements", powers=3), 400, streams(1))
    angles = torch.atan2(drawn.forward[0, :, 0, 1], drawn.forward[0, :, 0, 0])
    turns, counts = (angles / (np.pi / 2)).round().to(torch.int64).remainder(4).unique(return_counts=True)
    assert turns.tolist() == [0, 1, 2, 3]
    assert counts.min() > 60
    torch.testing.assert_close(drawn.forward @ drawn.inverse, torch.eye(2, dtype=torch.float64).expand(1, 400, 2, 2))
    once = draw_elements(symmetry, Augmentation(law="elements"), 400, streams(1)).forward[0]
    assert len(once.round(decimals=6).unique(dim=0)) == 2


def test_unit_generators_span_the_same_and_have_the_size_of_a_rotation(rng: np.random.Generator) -> None:
    stack = torch.as_tensor(rng.normal(size=(2, 3, 3)) @ rotation_algebra(3).reshape(3, 9)).reshape(2, 3, 3, 3)
    unit = unit_generators(stack)
    gram = torch.einsum("sikl,sjkl->sij", unit, unit)
    torch.testing.assert_close(gram, 3 * torch.eye(3, dtype=torch.float64).expand(2, 3, 3))
    assert float((unit + unit.mT).abs().max()) < 1e-12
    single = unit_generators(torch.as_tensor(0.01 * known_algebra("so(2)", copies=4))[None])
    torch.testing.assert_close(single[0], torch.as_tensor(known_algebra("so(2)", copies=4)))
    with pytest.raises(ConfigError, match="linearly dependent"):
        unit_generators(torch.ones(1, 2, 3, 3, dtype=torch.float64))


def test_coordinates_of_the_visited_directions(rng: np.random.Generator) -> None:
    basis = np.linalg.qr(rng.normal(size=(8, 4)))[0]
    states = torch.as_tensor(3 * rng.normal(size=(50, 6, 4)) @ basis.T)
    span = data_span(states, tolerance=1e-6)
    np.testing.assert_allclose(span @ span.mT, basis @ basis.T, atol=1e-12)
    frame = fit_frame(states, span=span)
    assert frame.encode(states).square().mean().sqrt() == pytest.approx(1)
    torch.testing.assert_close(frame.decode(frame.encode(states)), states)
    torch.testing.assert_close(frame.leave @ frame.enter, torch.eye(4, dtype=torch.float64))
    assert data_span(states + 1e-3 * torch.as_tensor(rng.normal(size=states.shape)), tolerance=1e-6).shape == (8, 8)


def make_hnn(activation: str = "swish") -> tuple[Hnn, torch.Tensor]:
    x = torch.randn(40, 2, 8, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    unit, change = flow_units(x, coordinates=2)
    model = HnnModel(hidden=12, activation=activation, iterations=60)
    network = Hnn(model, dim=8, future=3, unit=unit, change=change, streams=streams(), dtype=torch.float64)
    return network, x


@pytest.mark.parametrize("activation", ["tanh", "swish"])
def test_hamiltonian_flow_by_automatic_differentiation(activation: str) -> None:
    """The velocity is J grad of one energy: its Jacobian times J is symmetric."""
    network, x = make_hnn(activation)
    j = torch.zeros(8, 8, dtype=torch.float64)
    for body in (0, 4):
        for k in (0, 1):
            j[body + k, body + 2 + k], j[body + 2 + k, body + k] = 1, -1
    jacobian = torch.autograd.functional.jacobian(lambda z: network.velocity(z.expand(2, 1, 8))[:, 0], x[0, 0])
    hessian = -j @ jacobian
    torch.testing.assert_close(hessian, hessian.mT, rtol=0, atol=1e-12)
    state = x[:1, 0].requires_grad_()
    energies = network.network((state / network.unit).expand(2, 1, 8))[:, 0, 0]
    for k, energy in enumerate(energies):
        gradient = torch.autograd.grad(energy, state, retain_graph=True)[0][0]
        slope = network.velocity(state.expand(2, 1, 8))[k, 0]
        ratio = slope / (j @ gradient)
        torch.testing.assert_close(ratio, ratio[0].expand(8), rtol=1e-9, atol=0)


def test_predicted_flow_is_symplectic() -> None:
    network, x = make_hnn()
    j = torch.zeros(8, 8, dtype=torch.float64)
    for body in (0, 4):
        for k in (0, 1):
            j[body + k, body + 2 + k], j[body + 2 + k, body + k] = 1, -1
    with torch.no_grad():
        network.change.mul_(0.1)
    step = torch.autograd.functional.jacobian(lambda z: network(z.expand(2, 1, 1, 8))[0, 0, -1], x[0, 0])
    torch.testing.assert_close(step.mT @ j @ step, j, rtol=0, atol=1e-10)
    before, after = x[:, 0].expand(2, 40, 8), network(x[:, :1].expand(2, 40, 1, 8))[:, :, 0]
    assert float(network.loss(before, after).detach().max()) < 1e-20
