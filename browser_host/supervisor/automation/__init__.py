"""What the host does unasked: ends by rule, and discovery."""
