"""Columns of other people's files, piece by piece: ROOT, HDF5, Parquet, npz and CSV."""
