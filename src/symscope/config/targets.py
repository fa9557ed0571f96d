"""Figures and tables of the report: what each shows, and what it needs to be made."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from pydantic import Field

from symscope.config.base import Settings
from symscope.config.functions import FunctionKind
from symscope.config.names import Name

Kind = Literal[
    "experiment",
    "experiments",
    "study",
    "prediction",
    "properties",
    "adaptors",
    "dataset",
    "zoo",
    "calibration",
    "discrete",
    "speed",
]
"""What a target shows: one discovery, several side by side, a tagging, prediction or property study, several adaptor studies
side by side, a dataset, a trial of names of algebras, a calibration study, a trial of discrete symmetries, or benchmarks."""

DATALESS: tuple[Kind, ...] = ("zoo", "calibration", "discrete", "speed")
"""Kinds that make what they need themselves."""

KINDS_WITH_ROLES: tuple[Kind, ...] = ("experiments", "adaptors")
"""Kinds of which a target shows several, each in a role."""

TargetName = Literal[
    "liegan_figure_3",
    "liegan_figure_4",
    "liegan_figure_5",
    "liegan_figure_6",
    "liegan_figure_7",
    "liegan_figure_8",
    "liegan_figure_9",
    "liegan_figure_10",
    "liegan_figure_11",
    "liegan_figure_12",
    "liegan_table_1",
    "liegan_table_2",
    "liegan_table_3",
    "liegan_table_4",
    "liegan_table_5",
    "orbit_film",
    "jets_fidelity",
    "symmetrylens_table_1",
    "symmetrylens_figure_samples",
    "symmetrylens_table_2",
    "symmetrylens_figure_generators",
    "symmetrylens_figure_errors",
    "symmetrylens_figure_filters",
    "symmetrylens_figure_convolution",
    "symmetrylens_figure_reconstruction",
    "symmetrylens_figure_dynamics",
    "symmetrylens_figure_scaling",
    "symmetrylens_figure_found",
    "symmetrylens_figure_images",
    "symmetrylens_figure_adaptor",
    "algebra_figure_zoo",
    "calibration_table",
    "calibration_figure",
    "discrete_table",
    "engine_table_methods",
    "engine_figure_spectra",
    "speed_table",
    "speed_figure",
]
"""Names of all targets; the rule that makes one has the same name."""


DATA_SETS = tuple(
    f"{basis}_{symmetry}" for basis in ("gaussian", "legendre") for symmetry in ("translation", "permuted", "frequency")
)
"""The data sets of SymmetryLens: the pulses, and the symmetry as the data show it."""

SIGNALS = tuple(f"{way}{name}" for way in ("", "published_") for name in DATA_SETS)
"""Roles in the figures of SymmetryLens: the data set, and `published_` where the paper's own losses were used."""

IMAGES = ("translation", "permuted", "frequency")
"""Roles in the figure of images: the disguise, which is none, a permutation or a sine transform."""
SCALING = tuple(
    f"{basis}_{length}" for basis in ("gaussian", "legendre") for length in (9, 17, 25, 33, 49, 65, 97, 129)
)
"""Roles in the figure of agreement and time against the length: what the signals are made of, and their components."""

SHORT = tuple(f"short_{name}" for name in DATA_SETS)
"""Roles of the fast way on signals as short as those of the slower methods that it is compared with."""

SOLVED = tuple(
    f"{name}_null_space" for name in ("two_bodies", "three_bodies", "top_tagging", "permutation", "superpotential")
)
"""Roles of discoveries by the null-space engine; they are part of the ids of their numbers."""

TRAINED = (
    "two_bodies_liegan",
    "two_bodies_augerino",
    "two_bodies_symmetrygan",
    "three_bodies_liegan",
    "top_tagging_liegan",
    "permutation_liegan",
    "superpotential_liegan",
    "molecules_liegan",
)
"""Roles of adversarial discoveries beside them."""

ELEMENTS = ("symmetrygan", "symmetrygan_regularised")
"""Roles of methods that learn a group element without a filter, beside SymmetryLens."""


class Target(NamedTuple):
    """What kind of thing a target of the report is."""

    shows: Kind
    form: Literal["figure", "table"]
    has_numbers: bool = True
    """Whether it contributes records to the summary."""
    finds: Literal["generators", "lens"] | None = None
    """What the experiments that it shows must find; None where it shows others or both."""
    needs: Literal["nothing", "truth", "metric", "disguise", "images"] = "nothing"
    """What must be known of the experiments that it shows: nothing, their algebra, its invariant metric as well, or what hides
    the translation in their signals, or both translations in their images, which is known where these are made here."""
    functions: tuple[FunctionKind, ...] = ()
    """Kinds of functions of which its experiments may be; empty where it shows other data."""
    roles: tuple[str, ...] = ()
    """Keys that `experiments` or `adaptors` must have."""
    optional_roles: tuple[str, ...] = ()
    """Keys that it may have besides."""
    element_roles: tuple[str, ...] = ()
    """Those of them whose experiments find generators or elements, whatever `finds` says of the others."""
    roles_name_methods: bool = False
    """Whether the role of an experiment begins with the name of its method, which the page calls it by."""
    opens_with_answers: bool = True
    """Whether its part of the page opens with a sentence for each discovery of generators; one of very many trials does not."""

    def found_by(self, role: str) -> Literal["generators", "lens"] | None:
        """Say what the experiment in a role must find; None for either."""
        return "generators" if role in self.element_roles else self.finds


_OF_SIGNALS = Target("experiments", "figure", finds="lens", needs="disguise", optional_roles=SIGNALS)
"""A figure of discoveries in signals, each in its role."""

TARGETS: Mapping[TargetName, Target] = {
    "liegan_figure_3": Target(
        "experiments",
        "figure",
        finds="generators",
        needs="truth",
        roles=("liegan", "liegan_es", "augerino", "symmetrygan"),
        roles_name_methods=True,
        optional_roles=("symmetrygan_free", "liegan_published", "augerino_tuned"),
    ),
    "liegan_figure_4": Target(
        "experiments",
        "figure",
        finds="generators",
        functions=("cyclic",),
        roles=("liegan",),
        optional_roles=("symmetrygan", "mixture"),
    ),
    "liegan_figure_5": Target("experiment", "figure", finds="generators", needs="metric"),
    "liegan_figure_6": Target("experiment", "figure", finds="generators", has_numbers=False),
    "liegan_figure_7": Target("experiment", "figure", finds="generators", needs="truth"),
    "liegan_figure_8": Target("experiment", "figure", finds="generators", needs="truth"),
    "liegan_figure_9": Target("experiment", "figure", finds="generators", functions=("partial_permutation",)),
    "liegan_figure_10": Target(
        "experiment", "figure", finds="generators", needs="truth", functions=("superpotential",)
    ),
    "liegan_figure_11": Target(
        "experiments",
        "figure",
        finds="generators",
        needs="truth",
        roles=("rotation", "range"),
        optional_roles=("range_narrow", "upright", "published"),
    ),
    "liegan_figure_12": Target("experiment", "figure", finds="generators", needs="truth"),
    "liegan_table_1": Target(
        "experiments",
        "table",
        roles_name_methods=True,
        opens_with_answers=False,
        finds="generators",
        functions=("cyclic", "two_vectors", "sector", "shared_weights"),
        # The text quotes these.
        roles=tuple(
            f"{method}_{task}"
            for method in ("liegan", "augerino", "liegg")
            for task in ("discrete", "continuous", "subset")
        ),
        optional_roles=("augerino_given_subset", "msr_discrete", "msr_weight_sharing"),
    ),
    "liegan_table_2": Target("prediction", "table"),
    "liegan_table_3": Target("study", "table"),
    "liegan_table_4": Target(
        "experiments",
        "table",
        finds="generators",
        functions=("cyclic",),
        roles=("liegan", "symmetrygan"),
        roles_name_methods=True,
    ),
    "liegan_table_5": Target("properties", "table"),
    "orbit_film": Target("experiment", "figure", finds="generators", has_numbers=False),
    "jets_fidelity": Target("dataset", "figure"),
    "symmetrylens_table_1": Target("experiments", "table", finds="lens", needs="disguise", optional_roles=SIGNALS),
    "symmetrylens_figure_samples": Target(
        "experiments", "figure", finds="lens", needs="disguise", has_numbers=False, optional_roles=SIGNALS
    ),
    "symmetrylens_table_2": Target(
        "experiments",
        "table",
        finds="lens",
        needs="disguise",
        # The text quotes these two.
        roles=("short_gaussian_translation", "symmetrygan"),
        optional_roles=(*SIGNALS, *SHORT, *ELEMENTS),
        element_roles=ELEMENTS,
    ),
    "symmetrylens_figure_generators": _OF_SIGNALS,
    "symmetrylens_figure_errors": _OF_SIGNALS,
    "symmetrylens_figure_filters": _OF_SIGNALS,
    "symmetrylens_figure_convolution": _OF_SIGNALS,
    "symmetrylens_figure_reconstruction": _OF_SIGNALS,
    "symmetrylens_figure_dynamics": _OF_SIGNALS,
    "symmetrylens_figure_scaling": Target(
        "experiments", "figure", finds="lens", needs="disguise", optional_roles=SCALING
    ),
    "symmetrylens_figure_found": Target("experiment", "figure", finds="lens"),
    "symmetrylens_figure_images": Target("experiments", "figure", finds="lens", needs="images", optional_roles=IMAGES),
    "engine_table_methods": Target(
        "experiments",
        "table",
        finds="generators",
        # The text quotes these.
        roles=("two_bodies_null_space", "top_tagging_null_space"),
        optional_roles=(*SOLVED, *TRAINED),
        opens_with_answers=False,
    ),
    "engine_figure_spectra": Target(
        "experiments", "figure", finds="generators", has_numbers=False, optional_roles=(*SOLVED, "top_label_null_space")
    ),
    "symmetrylens_figure_adaptor": Target(
        "adaptors",
        "figure",
        roles=("gaussian_permuted", "gaussian_frequency", "legendre_permuted"),
        optional_roles=DATA_SETS,
    ),
    "algebra_figure_zoo": Target("zoo", "figure"),
    "calibration_table": Target("calibration", "table"),
    "calibration_figure": Target("calibration", "figure", has_numbers=False),
    "discrete_table": Target("discrete", "table"),
    "speed_table": Target("speed", "table"),
    "speed_figure": Target("speed", "figure", has_numbers=False),
}
"""Every target by name."""


class TargetSettings(Settings):
    """What one figure or table of the report shows; which of the keys it takes depends on the target."""

    experiment: Name | None = None
    """Name of an entry of `experiments`."""
    experiments: dict[Name, Name] | None = None
    """Names of entries of `experiments`, by the role that each plays in the figure, such as `liegan: two_body`."""
    study: Name | None = None
    """Name of an entry of `tagging`."""
    prediction: Name | None = None
    """Name of an entry of `prediction`."""
    properties: Name | None = None
    """Name of an entry of `properties`."""
    adaptors: dict[Name, Name] | None = None
    """Names of entries of `adaptor`, by the data set that each shows, such as `gaussian_permuted: permuted_pulses`."""
    dataset: Name | None = None
    """Name of an entry of `datasets`."""
    zoo: Name | None = None
    """Name of an entry of `zoo`."""
    calibration: Name | None = None
    """Name of an entry of `calibration`."""
    discrete: Name | None = None
    """Name of an entry of `discrete`."""
    speed: Name | None = None
    """Name of an entry of `speed`."""

    def shown(self, kind: Kind) -> dict[str, Name]:
        """Name what is shown, by role; the role of a single thing is its kind."""
        value = getattr(self, kind)
        if value is None:
            return {}
        return dict(value) if isinstance(value, dict) else {kind: value}


class Report(Settings):
    """The page that a run ends with."""

    title: str = "symscope"
    """Heading of the page."""
    lead: str = ""
    """Sentences below the heading; `{liegan.figure_5.span_cosine}` stands for that number with its spread."""
    targets: dict[TargetName, TargetSettings] = Field(default={})
    """Figures and tables in their order on the page, and what each shows; none where only experiments of your own are asked for."""
