"""The audit trail: what is recorded of sessions, and how it is read back."""
