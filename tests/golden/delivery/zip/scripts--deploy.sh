#!/usr/bin/env bash
# Build and deploy to AWS Lambda; what does not answer is undone.
# The pipeline calls it; by hand it does the same. Nothing outside this machine changes but through `run`.
# shellcheck disable=SC2016 # names and commands of the repository stand as they are
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  cat >&2 <<'USAGE'
usage: scripts/deploy.sh [--dry-run] COMMAND [ENVIRONMENT]

  build              build the functions with their dependencies
  apply ENVIRONMENT  bring the stack to VERSION; what fails, or does not answer afterwards, is undone
  undo ENVIRONMENT   put the version before back

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
  need sam
  run sam build --template-file deploy/serverless/template.yaml --build-dir "$work/build"
}

# The code of another version comes from its commit, in a work tree of its own.
put() {
  local parameters source=.
  mapfile -t parameters < <(parameters)
  if [[ $1 != "$version" ]]; then
    source=$work/source
    run git worktree add --detach "$source" "$1"
  fi
  run sam build --template-file "$source/deploy/serverless/template.yaml" --build-dir "$work/build"
  run sam deploy --stack-name "$stack" --template-file "$work/build/template.yaml" --resolve-s3 \
    --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND --no-confirm-changeset --no-fail-on-empty-changeset \
    --parameter-overrides "${parameters[@]}" "Version=$1" --tags "version=$1" "version-before=$2"
}

apply() {
  need aws
  need jq
  local last
  stack="thumbs-$environment"
  last=$(of_stack "Tags[?Key=='version'].Value | [0]")
  put "$version" "$last"
  if ! healthy; then
    echo "$environment is not healthy with $version: putting the version before back ($last)" >&2
    if [[ $last != None ]]; then
      put "$last" None
    fi
    exit 1
  fi
}

undo() {
  need aws
  need jq
  local last
  stack="thumbs-$environment"
  last=$(of_stack "Tags[?Key=='version-before'].Value | [0]")
  [[ $last != None ]] || fail "$environment has no version before this one"
  put "$last" None
  healthy
}

healthy() {
  if [[ -n $dry_run ]]; then
    return
  fi
  answers "$(of_stack "Outputs[?OutputKey=='ThumbsUrl'].OutputValue | [0]")"/healthz 399 || return 1
}

parameters() {
  jq --raw-output '.Parameters | to_entries[] | "\(.key)=\(.value)"' "deploy/serverless/parameters/$environment.json"
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
  apply | undo)
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
