"""What the taggers take from torch-geometric, imported without the deprecation warnings of its own start-up."""

import warnings

with warnings.catch_warnings():
    # torch-geometric 2.8 scripts some classes with torch.jit when it is imported, which torch 2.13 warns about.
    warnings.filterwarnings("ignore", message=r"`torch\.jit\.", category=DeprecationWarning)
    from torch_geometric.nn import MessagePassing
    from torch_geometric.utils import scatter

__all__ = ["MessagePassing", "scatter"]
