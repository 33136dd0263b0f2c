"""The page's side: the scripts of groups and session pages, commands to them, and events from them."""
