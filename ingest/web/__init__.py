"""How a page comes from the web: safely, politely, and only if it changed."""
