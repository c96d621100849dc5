"""Short links with visit counts."""
