"""Announcing alerts outside the dashboard: commands and webhooks, behind bounded queues."""
