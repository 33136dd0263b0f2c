"""The watch page's language: events in, instructions out, both generations, colours. Pure."""
