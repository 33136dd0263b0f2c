"""Alerts: a filter that holds for a while, from pending to resolved. Pure."""
