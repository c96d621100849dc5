"""Node applications that are one of several: Nx projects, and members built after their siblings."""
