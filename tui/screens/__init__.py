"""The dashboard's screens: values in, messages out."""
