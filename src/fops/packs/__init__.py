"""Packs: integrations that implement the actions features ask for. Packs do not know each other."""
