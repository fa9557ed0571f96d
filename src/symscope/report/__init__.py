"""Values to tables, quoted numbers and one self-contained HTML page."""
