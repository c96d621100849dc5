"""The ground floor: small parts every room stands on, knowing nothing of onboarding, deployments or doors.

Must not know: any room above. Own floors, highest first:
    git                                     the only caller of the git program
    process · formats · redaction · canonical · settings · clock · ids · context
    errors                                  the one error tree
"""
