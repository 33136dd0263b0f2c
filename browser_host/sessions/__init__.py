"""The state of a session, and the rules on it. Pure: the clock is an argument."""
