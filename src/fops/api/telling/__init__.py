"""What the API tells of itself: each request to metrics and logs, and who may read them."""
