"""Trace: what was generated from what, for the next run and for `fops why`.

Map: lock.py        `.fops/onboard.lock`          compare.py   a new run against what stands there
     provenance.py  onboarding's nouns described  proposed.py  files that lie on a proposal's branch
     again.py       open proposals and baselines: what earlier runs left
     forge.py       the same, where the branches lie on a forge
"""
