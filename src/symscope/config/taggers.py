"""Settings of the jet taggers: the network, its training, the models of a comparison and how they are evaluated."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from symscope.config.base import Settings

MetricName = Literal["minkowski", "euclidean", "fitted"]
Precision = Literal["float32", "bfloat16", "float64"]


class TaggerNetwork(Settings):
    """Shape of the message-passing network; the defaults are those of the published LorentzNet."""

    hidden: Annotated[int, Field(ge=1, le=1024)] = 72
    """Width of node features, edge messages and the hidden layers between them [features], 1 to 1024."""
    layers: Annotated[int, Field(ge=1, le=32)] = 6
    """Number of message-passing layers, 1 to 32; the last one leaves the momenta as they are."""
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.2
    """Probability of dropping a feature in the readout while training [dimensionless], 0 to below 1."""
    momentum_step: Annotated[float, Field(gt=0)] = 5e-3
    """Step size c of the momentum update x_i <- x_i + c * aggregate [dimensionless], above 0."""
    momentum_aggregation: Literal["mean", "sum"] = "mean"
    """Over the neighbours' momentum updates: `mean` as in the published code and weights, `sum` as in the paper."""
    momentum_clamp: Annotated[float, Field(gt=0)] | None = None
    """Largest absolute value of one neighbour's momentum update, per component [GeV], above 0; null sets no bound and
    keeps the network invariant. A bound on components breaks Lorentz invariance as soon as it acts: 100.0 is the
    published code's, by which the logits change by up to several units under boosts."""
    readout: Literal["mean", "padded_mean"] = "mean"
    """Pooling of a jet's nodes: `mean` over its own nodes; `padded_mean` divides by the node count of the largest jet
    of the batch, which is the published code's defect (a score then depends on the other jets), kept to measure it."""
    beams: bool = True
    """Whether two beam particles (sqrt 2, 0, 0, +-1) join each jet as nodes."""


class TaggerModel(Settings):
    """One model of a comparison: the network with a metric, and whether it sees raw momenta."""

    metric: MetricName
    """Bilinear form of the messages: `minkowski` diag(1,-1,-1,-1), `euclidean` diag(1,1,1,1), `fitted` from discovery."""
    include_momenta: bool = False
    """Whether the raw four-momenta of both nodes [GeV] join the edge network's input, which breaks the symmetry."""


PUBLISHED_MODELS: dict[str, TaggerModel] = {
    "lorentznet": TaggerModel(metric="minkowski"),
    "lorentznet_wo": TaggerModel(metric="minkowski", include_momenta=True),
    "egnn": TaggerModel(metric="euclidean"),
    "liegnn": TaggerModel(metric="fitted"),
}
"""The four rows of LieGAN's Table 3."""


class TaggerTraining(Settings):
    """How a tagger is trained; the defaults are the published LorentzNet's, the learning rate included."""

    epochs: Annotated[int, Field(ge=1, le=10_000)] = 35
    """Passes through the training jets, 1 to 10000."""
    warmup_epochs: Annotated[int, Field(ge=0)] = 5
    """Epochs at the start over which the learning rate rises linearly from near zero, 0 or more."""
    restart_period: Annotated[int, Field(ge=1)] = 4
    """Epochs of the first cosine period after the warm-up (T_0), 1 or more."""
    restart_factor: Annotated[int, Field(ge=1)] = 2
    """Factor by which each following cosine period is longer (T_mult), 1 or more."""
    cooldown_epochs: Annotated[int, Field(ge=0)] = 4
    """Epochs at the end in each of which the learning rate is multiplied by `cooldown_factor`, 0 or more."""
    cooldown_factor: Annotated[float, Field(gt=0, le=1)] = 0.5
    """Factor on the learning rate in each cool-down epoch [dimensionless], above 0 to 1."""
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 1e-3
    """Peak learning rate of AdamW [per step], above 0 to 1; 1e-3 in LorentzNet, 3e-4 in LieGAN's rerun."""
    schedule_step: Literal["epoch", "batch"] = "epoch"
    """When the learning rate changes: once an `epoch` as published, or every `batch`, better for few epochs."""
    select_by: Literal["accuracy", "auc", "loss"] = "accuracy"
    """Validation figure that picks the epoch whose weights are kept: highest accuracy or AUC, or lowest loss."""
    weight_decay: Annotated[float, Field(ge=0, le=1)] = 0.01
    """Decoupled weight decay of AdamW [per unit learning rate], 0 to 1."""
    batch_jets: Annotated[int, Field(ge=2)] = 32
    """Jets per optimiser step, 2 or more, shared by all processes; published: 128, which is 32 on each of four GPUs."""
    max_constituents: Annotated[int, Field(ge=1)] | None = None
    """Leading constituents kept per jet, by falling pT, 1 or more; None keeps all (up to 200 in the data)."""
    max_train_jets: Annotated[int, Field(ge=2)] | None = None
    """Training jets used, the first ones of the split, 2 or more; None uses all."""
    precision: Precision = "float32"
    """Arithmetic of the edge networks; `bfloat16` is mixed precision: momenta, scalar products and sums stay float32."""
    checkpoint_seconds: Annotated[float, Field(ge=0)] = 30.0
    """Longest time between two checkpoints [s], 0 or more; one is also written after each epoch."""

    @model_validator(mode="after")
    def _phases_fit(self) -> "TaggerTraining":
        if self.warmup_epochs + self.cooldown_epochs >= self.epochs:
            message = (
                f"warmup_epochs {self.warmup_epochs} and cooldown_epochs {self.cooldown_epochs} leave none of the "
                f"{self.epochs} epochs at the full learning rate; lower them or raise epochs"
            )
            raise ValueError(message)
        return self


class TaggerEvaluation(Settings):
    """What is measured on the test jets of a trained tagger."""

    speed_jets: Annotated[int, Field(ge=1)] = 512
    """Jets in each pass that measures the inference speed, the first ones of the split, 1 or more."""
    speed_repetitions: Annotated[int, Field(ge=1)] = 3
    """Timed passes over those jets after one to warm up; the fastest counts, 1 or more."""
    invariance_jets: Annotated[int, Field(ge=1)] = 256
    """Jets used to measure the invariance, the first ones of the split, 1 or more."""
    invariance_transformations: Annotated[int, Field(ge=1)] = 4
    """Random rotations, and as many random boosts, applied to each of those jets, 1 or more."""
    max_rapidity: Annotated[float, Field(gt=0, le=5)] = 1.0
    """Largest rapidity of the random boosts [dimensionless], above 0 to 5."""
