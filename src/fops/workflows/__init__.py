"""Workflows: the durable engine, which carries out hops of work across the deaths of processes.

Must not know: operations, actions, features, doors. Rules, with one test each: README.md. Map:
    ports.py     what the engine needs: Work from above, Durable from below     worker.py    the life of one worker
    durable.py   Durable over DBOS, which nobody else knows                     schedule.py  what is done now and then
    store.py     leases, workers, waits, last runs                              settings.py  seconds, attempts, days
"""
