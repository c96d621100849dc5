"""Rules for the pipeline and what it calls."""
