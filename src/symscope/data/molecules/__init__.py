"""Small molecules: all that can be drawn, their shapes, and the energies of their frontier orbitals."""
