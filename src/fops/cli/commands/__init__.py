"""Commands beside the main path, one module each: the folder above holds what all of them share."""
