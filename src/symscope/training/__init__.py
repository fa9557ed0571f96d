"""Training of the jet taggers: loop, schedule, checkpoints, result files."""
