"""Every method of discovery; `name` says which."""

from typing import Annotated

from pydantic import Field

from symscope.config.augerino import Augerino
from symscope.config.discovery import LieGan
from symscope.config.liegg import LieGG
from symscope.config.messages import SettingsReader
from symscope.config.msr import Msr
from symscope.config.null_space import NullSpaceEngine
from symscope.config.symmetrygan import SymmetryGan
from symscope.config.symmetrylens import SymmetryLensPublished
from symscope.config.symmetrylens_fast import SymmetryLensFast
from symscope.config.symmetrylens_images import SymmetryLensImages

AlgebraMethod = LieGan | SymmetryGan | Augerino | LieGG | Msr
"""A method that finds generators of a Lie algebra or elements of a group of matrices, as a type."""

LensMethod = SymmetryLensFast | SymmetryLensPublished | SymmetryLensImages
"""A method that finds one step of a hidden translation, or of two, and the filter that resolves it, as a type."""

Method = AlgebraMethod | NullSpaceEngine | LensMethod
"""A method of discovery of any name, as a type."""

MethodSettings = Annotated[Method, Field(discriminator="name")]
"""Settings of a method of discovery; `name` says of which."""

method_settings: SettingsReader[Method] = SettingsReader(MethodSettings, source="the settings of the method")
"""The settings of one method from plain values."""
