"""The way from a commit to a running version: the workflow, what its jobs need, and the script that deploys.

Must not know: what is deployed (manifests and templates). Map:
    pins.py        actions by full commit SHA         workflow.py   .github/workflows/pipeline.yml
    toolchains.py  what a runner needs per manager    scripts.py    scripts/deploy.sh
    beside.py      backing services beside the tests
"""
