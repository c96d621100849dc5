"""Entry: how a person gets in, and how strangers are kept from trying for long.

Map: passwords.py  rules and hashes     attempts.py  waits after failures     sign_in.py  signing in, refreshing, leaving
"""
