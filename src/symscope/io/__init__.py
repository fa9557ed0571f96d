"""Reading and writing files, nothing else; the readers of ROOT and of other people's HDF5 are in modules of their own.

Those are imported by their full names (:mod:`symscope.io.root`, :mod:`symscope.io.jets_hdf5`), so that a job without
such a file does not load uproot or the decompression filters.
"""
