"""The one place that decides where to compute."""

import torch

from symscope.errors import ConfigError


def resolve_device(name: str) -> torch.device:
    """Device for a name of the configuration.

    Parameters
    ----------
    name
        `auto` for a GPU where one is visible and the CPU otherwise, or a name that torch knows, such as `cpu` or
        `cuda:1`.

    Raises
    ------
    ConfigError
        For a name that torch does not know, or a GPU that is not there.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError:
        raise ConfigError(f"compute.device is '{name}', which torch does not know; use auto, cpu or cuda") from None
    if device.type == "cuda" and not torch.cuda.is_available():
        raise ConfigError(f"compute.device is '{name}', but torch sees no GPU here; use auto or cpu")
    return device
