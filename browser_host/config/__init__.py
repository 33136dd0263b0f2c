"""The configuration: its model, how it is read, and how its mistakes are told."""
