"""Bodies that attract each other in the plane: starts, gravity, and an accurate integration of many systems at once."""
