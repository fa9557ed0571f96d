"""Every kind of dataset; `source` says which."""

from typing import Annotated

from pydantic import Field

from symscope.config.columns import ColumnFiles
from symscope.config.digits import DigitsDataset
from symscope.config.functions import FunctionsDataset
from symscope.config.images import ImagesDataset
from symscope.config.jet_datasets import JetClassDataset, PmuDataset, PythiaDataset, ReferenceDataset
from symscope.config.messages import SettingsReader
from symscope.config.molecules import MoleculesDataset, Qm9Dataset
from symscope.config.signals import MatrixFiles, SignalsDataset
from symscope.config.trajectory_datasets import NBodyDataset, TrajectoryFiles

AnyDataset = (
    PythiaDataset
    | JetClassDataset
    | ReferenceDataset
    | PmuDataset
    | NBodyDataset
    | TrajectoryFiles
    | SignalsDataset
    | MatrixFiles
    | MoleculesDataset
    | Qm9Dataset
    | ImagesDataset
    | DigitsDataset
    | FunctionsDataset
    | ColumnFiles
)
"""A dataset of any source, as a type."""

DatasetSettings = Annotated[AnyDataset, Field(discriminator="source")]
"""A dataset; `source` says of which kind."""

dataset_settings: SettingsReader[AnyDataset] = SettingsReader(DatasetSettings, source="the settings of the dataset")
"""The settings of one dataset from plain values."""
