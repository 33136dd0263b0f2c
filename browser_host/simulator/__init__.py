"""An Upscope of our own: watch pages and the REST service, with scripted faults."""
