"""Arrays to matplotlib figures, one function a figure."""
