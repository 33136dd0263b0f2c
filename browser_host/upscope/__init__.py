"""Upscope's REST service: who is there, links to their screens, and which of them to host."""
