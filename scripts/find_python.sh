#!/bin/sh
# Print a working interpreter of a version, such as 3.12: on PATH, or installed by pyenv. Exit 1 when there is none.
set -eu
for candidate in "python$1" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/python; do
  if "$candidate" -c "import sys, venv; sys.exit('%d.%d' % sys.version_info[:2] != '$1')" 2>/dev/null; then
    command -v "$candidate"
    exit 0
  fi
done
exit 1
