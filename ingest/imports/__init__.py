"""Pages that another crawler has fetched."""
