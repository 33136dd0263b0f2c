"""Upscope's REST service: visitors, watch links, and which visitors to host."""
