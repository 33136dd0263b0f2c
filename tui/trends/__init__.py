"""Counts of sessions over time: samples, charts and their screen."""
