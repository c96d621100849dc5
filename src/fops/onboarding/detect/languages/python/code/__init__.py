"""What Python program text tells, read by syntax tree and never run. Must not know: manifests."""
