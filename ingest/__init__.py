"""From a URL to a Qdrant point: crawl, extract, chunk, embed, index. Knows no conversations."""
