"""The dashboard's widgets: values in, messages out."""
