"""How a browser is launched: arguments, environment, features, authorities, backoff."""
