"""How sure a symmetry is: tests of dimension, certified defects, errors of generators, held-out comparisons."""
