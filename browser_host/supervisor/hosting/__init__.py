"""Keeping sessions hosted: retries, bisection, recycling and floods."""
