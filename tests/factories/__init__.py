"""One factory per noun: valid by default, so that a test states only what matters to it."""
