"""How often statements about symmetry are wrong, on data whose symmetry is known."""
