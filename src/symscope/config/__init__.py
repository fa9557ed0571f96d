"""Settings of everything, as closed and documented models."""
