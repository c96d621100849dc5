#!/bin/sh
# What the tests need from the system and do not find: installed where that is possible, named where it is not.
set -eu
missing=""
command -v git >/dev/null || missing="$missing git"
command -v make >/dev/null || missing="$missing make"
"${PYTHON:-python3}" -c 'import venv, ensurepip' 2>/dev/null || missing="$missing python3-venv"
# promtool checks the alert rules. Only CI insists on it, and takes the one program: the package would start a service.
if [ -n "${CI:-}" ] && ! command -v promtool >/dev/null && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  folder=$(mktemp -d)
  chmod 755 "$folder"
  apt-get update -qq
  (cd "$folder" && apt-get download -qq prometheus && dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x ./usr/bin/promtool)
  install -m 755 "$folder/usr/bin/promtool" /usr/local/bin/promtool
  rm -rf "$folder"
fi
if [ -z "$missing" ]; then
  echo "nothing is missing"
  exit 0
fi
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  apt-get update -qq
  # shellcheck disable=SC2086 # a list of package names
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
else
  echo "error: missing:$missing" >&2
  echo "hint: install them and run this again" >&2
  exit 1
fi
