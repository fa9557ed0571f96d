"""Measures of what was found: taggers, discoveries, generated jets."""
