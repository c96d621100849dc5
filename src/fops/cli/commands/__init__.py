"""Groups of commands, one module each: a folder holds twelve entries, and these are the ones that know least of the rest."""
