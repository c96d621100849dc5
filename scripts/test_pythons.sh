#!/bin/sh
# Run the tests on every newer Python that is present, each in its own .venv-X.Y. usage: test_pythons.sh VENV
# The code in process, and the command at its doors: what else a user does with the command is the same on every Python.
set -eu
this=$("$1/bin/python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
for version in 3.11 3.12 3.13 3.14; do
  [ "$version" = "$this" ] && continue
  python=$(sh scripts/find_python.sh "$version") || { echo "python $version: not present, not tested"; continue; }
  echo "python $version:"
  PYTHON="$python" sh scripts/bootstrap.sh ".venv-$version"
  ".venv-$version/bin/python" -m pytest -n "${WORKERS:-2}" -m "not long and not images" \
    tests/unit tests/contract tests/integration tests/property tests/e2e/test_door.py tests/e2e/test_signing_in.py
done
