"""The page's side: the host page, its script in an isolated world, and the CDP binding."""
