#!/usr/bin/env bash
# Build, publish and deploy to AWS Lambda; what does not answer is undone.
# The pipeline calls it; by hand it does the same. Nothing outside this machine changes but through `run`.
# shellcheck disable=SC2016 # names and commands of the repository stand as they are
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  cat >&2 <<'USAGE'
usage: scripts/deploy.sh [--dry-run] COMMAND [ENVIRONMENT]

  build                build the image of every service and add the Lambda Web Adapter
  push                 publish the images to ECR
  apply ENVIRONMENT    bring the stack to VERSION; what fails, or does not answer afterwards, is undone
  undo ENVIRONMENT     put the version before back
  release ENVIRONMENT  build, push and apply

REGISTRY is the ECR registry; without it, that of the signed-in account. SERVICES narrows build and push.

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

services=${SERVICES:-shop-api}

find_registry() {
  if [[ -z ${REGISTRY:-} ]]; then
    REGISTRY="$(aws sts get-caller-identity --query Account --output text).dkr.ecr.$(region).amazonaws.com"
  fi
}

region() {
  echo "${AWS_REGION:-$(aws configure get region)}"
}

build() {
  need docker
  for service in $services; do
    build_one "$service"
  done
}

build_one() {
  case $1 in
    shop-api) run docker build --file Dockerfile --tag "$1:$version" . ;;
    *) fail "$1 is no service" ;;
  esac
  # The default builder sees the image that was just built; another would look for it in a registry.
  run docker build --builder default --provenance false --file deploy/serverless/Dockerfile \
    --build-arg "IMAGE=$1:$version" --tag "$1-lambda:$version" deploy/serverless
}

push() {
  need docker
  need aws
  find_registry
  if [[ -z $dry_run ]]; then
    aws ecr get-login-password | docker login --username AWS --password-stdin "$REGISTRY"
  fi
  for service in $services; do
    run docker tag "$service-lambda:$version" "$REGISTRY/$service:$version"
    run docker push "$REGISTRY/$service:$version"
  done
}

release() {
  build
  push
  apply
}

put() {
  local parameters
  find_registry
  mapfile -t parameters < <(parameters)
  run aws cloudformation deploy --stack-name "$stack" --template-file deploy/serverless/template.yaml \
    --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND --no-fail-on-empty-changeset \
    --parameter-overrides "${parameters[@]}" "Registry=$REGISTRY" "Version=$1" --tags "version=$1" "version-before=$2"
}

apply() {
  need aws
  need jq
  local last
  stack="shop-api-$environment"
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
  stack="shop-api-$environment"
  last=$(of_stack "Tags[?Key=='version-before'].Value | [0]")
  [[ $last != None ]] || fail "$environment has no version before this one"
  put "$last" None
  healthy
}

healthy() {
  if [[ -n $dry_run ]]; then
    return
  fi
  answers "$(of_stack "Outputs[?OutputKey=='ShopApiUrl'].OutputValue | [0]")"/healthz 399 || return 1
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
  build | push) ;;
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
