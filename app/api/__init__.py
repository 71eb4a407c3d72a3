"""The HTTP door: one file a resource."""
