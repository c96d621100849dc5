"""Generation: an OnboardingPlan in, Artifacts out. Pure: same plan, byte-identical files.

Must not know: trees, disks, tools, time. Map:
    render.py      templates, escaping, and the facts each line rests on
    templates/     small files, one golden test each
    one module per group of artifacts (container, kubernetes, workflow, serverless, static, monitoring, …), each
    offering `artifacts(plan) -> Iterator[Artifact]`
"""
