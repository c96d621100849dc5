#!/usr/bin/env bash
# Build and publish the site; what does not answer is undone.
# The pipeline calls it; by hand it does the same. Nothing outside this machine changes but through `run`.
# shellcheck disable=SC2016 # names and commands of the repository stand as they are
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  cat >&2 <<'USAGE'
usage: scripts/deploy.sh [--dry-run] COMMAND [ENVIRONMENT]

  build                install dependencies and build the files
  apply ENVIRONMENT    bring the stack up to date and publish the files as release VERSION; undone if it does not answer
  undo ENVIRONMENT     make the release before live again
  release ENVIRONMENT  build and apply

VERSION in the environment is what is built or deployed; without it, the commit that is checked out.
ENVIRONMENT is one of: staging, prod
--dry-run prints what would change and changes nothing.
USAGE
  exit 2
}

fail() {
  echo "error: $1" >&2
  exit 1
}

run() {
  if [[ -n $dry_run ]]; then
    printf '+%s\n' "$(printf ' %q' "$@")"
  else
    "$@"
  fi
}

need() {
  command -v "$1" > /dev/null || fail "$1 is not installed; docs/runbook.md says what this script needs"
}

build() {
  (cd . && run bash -c 'npm ci')
  (cd . && run bash -c 'npm run build')
}

apply() {
  need aws
  need jq
  site web web dist put
}

undo() {
  need aws
  site web web dist put_back
}

release() {
  build
  apply
}

# One service's stack, found by name, then what is to be done with it.
site() {
  stack="$2-$environment"
  folder=$3
  if [[ $4 == put ]]; then
    update_stack "$1"
  fi
  bucket=$(of_stack "Outputs[?OutputKey=='Bucket'].OutputValue | [0]")
  distribution=$(of_stack "Outputs[?OutputKey=='Distribution'].OutputValue | [0]")
  url=$(of_stack "Outputs[?OutputKey=='Url'].OutputValue | [0]")
  "$4"
}

update_stack() {
  local parameters
  mapfile -t parameters < <(jq --raw-output '.Parameters | to_entries[] | "\(.key)=\(.value)"' \
    "deploy/static/parameters/$environment.json")
  run aws cloudformation deploy --stack-name "$stack" --template-file deploy/static/template.yaml \
    --no-fail-on-empty-changeset --parameter-overrides "${parameters[@]}" "Service=$1"
}

put() {
  local last
  last=$(note live)
  upload
  go_live "$version"
  if [[ -z $dry_run ]] && ! answers "$url/" 399; then
    echo "$url does not answer with $version: making the release before live again ($last)" >&2
    if [[ $last != None ]]; then
      go_live "$last"
    fi
    exit 1
  fi
  remember live "$version"
  remember before "$last"
}

put_back() {
  local last
  last=$(note before)
  [[ $last != None ]] || fail "$stack has no release before this one"
  go_live "$last"
  remember live "$last"
  remember before None
}

# Every release stays whole in its own folder, so that going back needs no build. Pages are asked for anew each time.
upload() {
  local left_out=(--exclude '.*' --exclude '*/.*' --include '.well-known/*' --exclude 'node_modules/*')
  run aws s3 cp --recursive "$folder" "s3://$bucket/releases/$version" --exclude '*.html' "${left_out[@]}" \
    --cache-control 'public, max-age=3600'
  run aws s3 cp --recursive "$folder" "s3://$bucket/releases/$version" --exclude '*' --include '*.html' "${left_out[@]}" \
    --cache-control no-cache
}

# Copied, not synced: a page of an older release may be as long as the newer one, and sync would take it for the same.
# Files of older releases stay for pages that are still open; pages come last, when what they need is there.
go_live() {
  run aws s3 cp --recursive "s3://$bucket/releases/$1" "s3://$bucket/live" --exclude '*.html'
  run aws s3 cp --recursive "s3://$bucket/releases/$1" "s3://$bucket/live" --exclude '*' --include '*.html'
  run aws cloudfront create-invalidation --distribution-id "$distribution" --paths '/*' --no-cli-pager
}

note() {
  aws s3 cp "s3://$bucket/notes/$1" - 2> /dev/null || echo None
}

remember() {
  echo "$2" > "$work/note"
  run aws s3 cp "$work/note" "s3://$bucket/notes/$1"
}

of_stack() {
  aws cloudformation describe-stacks --stack-name "$stack" --query "Stacks[0].$1" --output text 2> /dev/null || echo None
}

# Whether a URL answers with a status up to a limit; a new version gets half a minute to start.
answers() {
  local status attempt
  for attempt in {1..10}; do
    status=$(curl --silent --output /dev/null --write-out '%{http_code}' --max-time 20 "$1" || true)
    if [[ $status -ge 200 && $status -le $2 ]]; then
      return
    fi
    echo "$1 answers $status (attempt $attempt)" >&2
    sleep 3
  done
  return 1
}

dry_run=
if [[ ${1:-} == --dry-run ]]; then
  dry_run=yes
  shift
fi
command=${1:-}
environment=${2:-}
version=${VERSION:-$(git rev-parse HEAD)}
if [[ ! $version =~ ^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$ || $version == latest ]]; then
  fail "VERSION $version is no version: a commit's SHA is one"
fi
case $command in
  build) ;;
  apply | undo | release)
    case $environment in
      staging | prod) ;;
      *) usage ;;
    esac
    ;;
  *) usage ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$command"
