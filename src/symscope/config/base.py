"""The base of every settings model: closed, frozen, documented."""

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """A closed, immutable block of the configuration.

    Unknown keys are refused, so that a misspelt one cannot be silently ignored. Every field carries a description with
    its unit and meaning; the JSON schema under ``workflow/schemas`` is exported from these models.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, validate_default=True)
