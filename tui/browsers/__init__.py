"""The browsers' endpoints, in the dashboard."""
