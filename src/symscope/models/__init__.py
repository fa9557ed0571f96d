"""Neural networks: the jet taggers with a metric as an argument."""
