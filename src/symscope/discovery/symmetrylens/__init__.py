"""SymmetryLens: the generator of a one-parameter symmetry, found by locality and stationarity."""
