"""Operations that outlive the process that took them.

Must not know: which engine runs hops. Map: background.py  asked for, kept, waited for    hops.py  load → act → record
"""
