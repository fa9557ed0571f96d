"""Discrete symmetries: turns of exact order, permutations, sign flips, and cosets beside a continuous group."""
