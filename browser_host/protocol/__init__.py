"""The watch page's protocol: messages in, instructions out, both generations, colours. Pure."""
