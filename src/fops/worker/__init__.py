"""The worker: a door that takes operations from the database instead of from the network.

Must not know: how hops are carried out. Map: working.py  start, wait for a signal, stop
"""
