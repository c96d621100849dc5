#!/usr/bin/env bash
# Build, publish and deploy to Kubernetes; what does not become healthy is undone.
# The pipeline calls it; by hand it does the same. Nothing outside this machine changes but through `run`.
# shellcheck disable=SC2016 # names and commands of the repository stand as they are
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  cat >&2 <<'USAGE'
usage: scripts/deploy.sh [--dry-run] COMMAND [ENVIRONMENT]

  build                build the image of every service
  push                 publish the images
  apply ENVIRONMENT    apply the manifests with VERSION, wait until healthy, undo what does not become healthy
  undo ENVIRONMENT     put the revision before back
  release ENVIRONMENT  build, push and apply
  connect              in the pipeline: reach the cluster with the job's own identity

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
  need docker
  run docker build --file Dockerfile --tag "123456789012.dkr.ecr.eu-west-1.amazonaws.com/api:$version" .
}

push() {
  need docker
  run docker push "123456789012.dkr.ecr.eu-west-1.amazonaws.com/api:$version"
}

# A layer above the environment's overlay sets the version, so that no tracked file is edited.
render() {
  need kubectl
  layer=$(mktemp -d deploy/k8s/overlays/.release-XXXXXX)
  trap 'rm -rf "$work" "$layer"' EXIT
  cat > "$layer/kustomization.yaml" <<KUSTOMIZATION
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - ../$environment
images:
  - name: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/api
    newTag: "$version"
KUSTOMIZATION
  kubectl kustomize "$layer" > "$work/manifests.yaml"
}

apply() {
  render
  if [[ -n $dry_run ]]; then
    kubectl diff --filename "$work/manifests.yaml" || [[ $? -eq 1 ]]
    return
  fi
  kubectl apply --filename "$work/manifests.yaml"
  if ! wait_until_healthy; then
    echo "$environment did not become healthy with $version: putting the revision before back" >&2
    put_back
    exit 1
  fi
}

undo() {
  render
  put_back
  wait_until_healthy
}

release() {
  build
  push
  apply
}

deployments() {
  kubectl get --filename "$work/manifests.yaml" --output \
    jsonpath='{range .items[?(@.kind=="Deployment")]}{.metadata.namespace}{" "}{.metadata.name}{"\n"}{end}' \
    > "$work/deployments"
}

wait_until_healthy() {
  local failed=0 namespace name
  deployments || return 1
  while read -r namespace name; do
    run kubectl --namespace "$namespace" rollout status "deployment/$name" --timeout 5m < /dev/null || failed=1
  done < "$work/deployments"
  return "$failed"
}

put_back() {
  local namespace name
  deployments
  while read -r namespace name; do
    run kubectl --namespace "$namespace" rollout undo "deployment/$name" < /dev/null ||
      echo "deployment/$name in $namespace has no revision before this one" >&2
  done < "$work/deployments"
}

connect() {
  [[ -n ${GITHUB_ENV:-} ]] || fail "connect is for the pipeline; by hand use: kubectl config use-context NAME"
  export KUBECONFIG="${RUNNER_TEMP:?}/kubeconfig"
  echo "KUBECONFIG=$KUBECONFIG" >> "$GITHUB_ENV"
  if [[ -n ${EKS_CLUSTER:-} ]]; then
    aws eks update-kubeconfig --name "$EKS_CLUSTER"
  elif [[ -n ${GKE_CLUSTER:-} ]]; then
    gcloud container clusters get-credentials "$GKE_CLUSTER" --location "${GKE_LOCATION:?}"
  elif [[ -n ${KUBE_SERVER:-} ]]; then
    trust_identity
  else
    fail "no cluster: set EKS_CLUSTER, GKE_CLUSTER or KUBE_SERVER for this environment, see docs/runbook.md"
  fi
}

# Any cluster whose API server trusts GitHub as an OIDC issuer. The token lives five minutes, so kubectl calls
# `identity` for a new one whenever it needs it.
trust_identity() {
  jq --null-input --arg script "$PWD/scripts/deploy.sh" '{
    apiVersion: "v1", kind: "Config", "current-context": "target",
    clusters: [{name: "target", cluster: {server: env.KUBE_SERVER, "certificate-authority-data": env.KUBE_CA}}],
    contexts: [{name: "target", context: {cluster: "target", user: "pipeline"}}],
    users: [{name: "pipeline", user: {exec: {
      apiVersion: "client.authentication.k8s.io/v1", interactiveMode: "Never", command: $script, args: ["identity"],
      env: [{name: "KUBE_SERVER", value: env.KUBE_SERVER}]}}}]
  }' > "$KUBECONFIG"
}

identity() {
  curl --fail --silent --show-error --header "Authorization: bearer ${ACTIONS_ID_TOKEN_REQUEST_TOKEN:?}" \
    "${ACTIONS_ID_TOKEN_REQUEST_URL:?}&audience=$KUBE_SERVER" |
    jq '{apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential", status: {token: .value}}'
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
  build | push | connect | identity) ;;
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
