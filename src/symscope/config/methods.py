"""Every method of discovery; `name` says which."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from symscope.config.augerino import Augerino
from symscope.config.discovery import LieGan
from symscope.config.messages import config_error
from symscope.config.symmetrygan import SymmetryGan
from symscope.config.symmetrylens import SymmetryLensPublished
from symscope.config.symmetrylens_fast import SymmetryLensFast

AlgebraMethod = LieGan | SymmetryGan | Augerino
"""A method that finds generators of a Lie algebra or elements of a group of matrices, as a type."""

LensMethod = SymmetryLensFast | SymmetryLensPublished
"""A method that finds one step of a hidden translation and the filter that resolves it, as a type."""

Method = AlgebraMethod | LensMethod
"""A method of discovery of any name, as a type."""

MethodSettings = Annotated[Method, Field(discriminator="name")]
"""Settings of a method of discovery; `name` says of which."""

_ADAPTER: TypeAdapter[Method] = TypeAdapter(MethodSettings)


def method_settings(values: Mapping[str, Any]) -> Method:
    """Check the settings of one method, given as plain values like those in the configuration.

    Raises
    ------
    ConfigError
        Naming each wrong key.
    """
    try:
        return _ADAPTER.validate_python(dict(values))
    except ValidationError as error:
        raise config_error(error, MethodSettings, source="the settings of the method") from None
