"""Onboarding: a repository in, a verified change request out.

Must not know: doors, packs, other features. Map:
    model.py   the nouns            fetch.py   a read-only view of the repository
    detect/    facts with evidence  plan/      the frozen OnboardingPlan
    generate/  artifacts            verify/    checks        propose.py  the change request
"""
