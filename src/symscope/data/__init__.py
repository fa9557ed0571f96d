"""Where samples come from: one module for each source, ingestion, downloads and splits; imported by their full names."""
