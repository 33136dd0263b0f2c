"""A simulated Upscope: watch pages and the REST service, with scripted faults."""
