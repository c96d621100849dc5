"""Rules for images and Compose: what is built and how it runs on a laptop."""
