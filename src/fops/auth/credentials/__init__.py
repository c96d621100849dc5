"""Credentials: what a caller shows, and how it is made and believed.

Map: keys.py     what signs           access.py    access tokens, JWT    opaque.py  tokens that are only random
     sessions.py sessions and their refresh tokens                       tokens.py  personal access tokens
"""
