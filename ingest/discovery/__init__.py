"""What there is to fetch: robots.txt, links, and what pages say about them."""
