#!/bin/sh
# Run the tests on every newer Python that is present, each in its own .venv-X.Y. usage: test_pythons.sh VENV
set -eu
this=$("$1/bin/python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
for version in 3.11 3.12 3.13 3.14; do
  [ "$version" = "$this" ] && continue
  python=$(sh scripts/find_python.sh "$version") || { echo "python $version: not present, not tested"; continue; }
  echo "python $version:"
  PYTHON="$python" sh scripts/bootstrap.sh ".venv-$version"
  ".venv-$version/bin/python" -m pytest -n "${WORKERS:-2}" -m "not long and not images"
done
