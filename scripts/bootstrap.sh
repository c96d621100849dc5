#!/bin/sh
# Make .venv with exactly the locked requirements and F-Ops itself. usage: bootstrap.sh VENV
set -eu
venv=$1
python=${PYTHON:-python3}
command -v git >/dev/null || { echo "error: git is not installed" >&2; echo "hint: install git and run make again" >&2; exit 1; }
command -v "$python" >/dev/null || { echo "error: $python is not installed" >&2; echo "hint: F-Ops needs Python 3.11 or newer" >&2; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "error: $("$python" --version) is too old" >&2
  echo "hint: F-Ops needs Python 3.11 or newer; name one with make PYTHON=python3.12 …" >&2
  exit 1
}
"$python" -c 'import venv, ensurepip' 2>/dev/null || {
  echo "error: this Python has no venv" >&2
  echo "hint: on Debian and Ubuntu: apt-get install python3-venv" >&2
  exit 1
}
echo "· making $venv with $("$python" --version)" >&2
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
echo "· installing the locked requirements (a minute the first time)" >&2
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/dev.txt
echo "· installing fops itself" >&2
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
touch "$venv/.installed"
