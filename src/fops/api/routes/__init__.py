"""One module per router of the contract; each has `router`."""
