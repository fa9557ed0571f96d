"""Every kind of dataset; `source` says which."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from symscope.config.jet_datasets import JetClassDataset, PmuDataset, PythiaDataset, ReferenceDataset
from symscope.config.messages import config_error
from symscope.config.signals import SignalsDataset
from symscope.config.trajectory_datasets import NBodyDataset, TrajectoryFiles

AnyDataset = (
    PythiaDataset | JetClassDataset | ReferenceDataset | PmuDataset | NBodyDataset | TrajectoryFiles | SignalsDataset
)
"""A dataset of any source, as a type."""

DatasetSettings = Annotated[AnyDataset, Field(discriminator="source")]
"""A dataset; `source` says of which kind."""

_ADAPTER: TypeAdapter[AnyDataset] = TypeAdapter(DatasetSettings)


def dataset_settings(values: Mapping[str, Any]) -> AnyDataset:
    """Check the settings of one dataset, given as plain values like those in the configuration.

    Raises
    ------
    ConfigError
        Naming each wrong key.
    """
    try:
        return _ADAPTER.validate_python(dict(values))
    except ValidationError as error:
        raise config_error(error, DatasetSettings, source="the settings of the dataset") from None
