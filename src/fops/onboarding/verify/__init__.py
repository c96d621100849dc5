"""Verification: artifacts and their plan in, one Check per artifact and rule out.

Must not know: trees, doors, how artifacts were made. Map:
    rules/    our own pure rules, for one artifact or across them
    tools/    the programs of the `verify` extra, one module each; absent ones give `could-not-run`
"""
