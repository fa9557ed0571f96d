"""Errors whose message is written for the person at the keyboard.

Every message names the thing, what was found, what is allowed, and how to mend it. The workflow's adapters print the
message of a :class:`SymscopeError` as one line and leave out the stack trace.
"""


class SymscopeError(Exception):
    """Base of all errors that the user can mend."""


class ConfigError(SymscopeError):
    """A setting is misspelt, of the wrong type, out of range, or contradicts another one."""


class DataError(SymscopeError):
    """An input file is missing, truncated, of another format, or holds impossible values."""


class CheckpointError(SymscopeError):
    """A checkpoint or a file of weights does not fit the network or the settings."""


class DownloadError(SymscopeError):
    """A file could not be fetched, or what came is not what was promised."""


class OutputError(SymscopeError):
    """A file cannot be written: the disk is full, the folder is read-only, or belongs to somebody else."""


class ResourceError(SymscopeError):
    """A job needs more memory than there is."""
