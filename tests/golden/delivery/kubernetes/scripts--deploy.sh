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
  run docker build --file apps/api/Dockerfile --tag "ghcr.io/acme/shop-api:$version" apps/api
  run docker build --file jobs/Dockerfile --tag "ghcr.io/acme/jobs:$version" jobs
  run docker build --file web/Dockerfile --tag "ghcr.io/acme/web:$version" web
  run docker build --file orders/Dockerfile --tag "ghcr.io/acme/orders:$version" orders
  run docker build --file uv/Dockerfile --tag "ghcr.io/acme/shop-api:$version" uv
  run docker build --file bun/Dockerfile --tag "ghcr.io/acme/shop-api:$version" bun
  run docker build --file stock/Dockerfile --tag "ghcr.io/acme/orders:$version" stock
}

push() {
  need docker
  run docker push "ghcr.io/acme/shop-api:$version"
  run docker push "ghcr.io/acme/jobs:$version"
  run docker push "ghcr.io/acme/web:$version"
  run docker push "ghcr.io/acme/orders:$version"
  run docker push "ghcr.io/acme/shop-api:$version"
  run docker push "ghcr.io/acme/shop-api:$version"
  run docker push "ghcr.io/acme/orders:$version"
}

# A layer above the environment's overlay sets the version, so that no tracked file is edited.
render() {
  need kubectl
  layer=$(mktemp -d deploy/k8s/overlays/.release-XXXXXX)
  trap 'rm -rf "$work" "$layer"' EXIT
  without app.kubernetes.io/component=release > "$work/manifests.yaml"
  without app.kubernetes.io/component!=release > "$work/jobs.yaml"
}

# The objects but those that a selector of labels chooses.
without() {
  cat > "$layer/kustomization.yaml" <<KUSTOMIZATION
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - ../$environment
images:
  - name: ghcr.io/acme/shop-api
    newTag: "$version"
  - name: ghcr.io/acme/jobs
    newTag: "$version"
  - name: ghcr.io/acme/web
    newTag: "$version"
  - name: ghcr.io/acme/orders
    newTag: "$version"
  - name: ghcr.io/acme/shop-api
    newTag: "$version"
  - name: ghcr.io/acme/shop-api
    newTag: "$version"
  - name: ghcr.io/acme/orders
    newTag: "$version"
patches:
  - target:
      labelSelector: $1
    patch: |-
      \$patch: delete
      apiVersion: v1
      kind: any
      metadata:
        name: any
KUSTOMIZATION
  kubectl kustomize "$layer"
}

apply() {
  render
  if [[ -n $dry_run ]]; then
    kubectl diff --filename "$work/manifests.yaml" || [[ $? -eq 1 ]]
    run_before
    return
  fi
  run_before || fail "the release failed before its roll-out: $environment stays with the version it has"
  kubectl apply --filename "$work/manifests.yaml"
  if ! wait_until_healthy; then
    echo "$environment did not become healthy with $version: putting the revision before back" >&2
    put_back
    exit 1
  fi
}

# What has to end well before the new version starts, with the configuration and the secrets that it will have:
# shop-api: alembic upgrade head
run_before() {
  run kubectl apply --filename "$work/manifests.yaml" --selector '!app.kubernetes.io/component' || return 1
  run kubectl delete --filename "$work/jobs.yaml" --ignore-not-found --cascade=foreground || return 1
  run kubectl create --filename "$work/jobs.yaml" || return 1
  [[ -z $dry_run ]] || return 0
  local failed=0 namespace name
  kubectl get --filename "$work/jobs.yaml" --no-headers \
    --output custom-columns=NAMESPACE:.metadata.namespace,NAME:.metadata.name > "$work/jobs" || return 1
  while read -r namespace name; do
    ends_well "$namespace" "$name" < /dev/null || failed=1
  done < "$work/jobs"
  return "$failed"
}

# A Job ends in one of two ways, of which `kubectl wait` knows one; its own deadline ends one that hangs.
ends_well() {
  local state="" shown=""
  until [[ $state =~ Complete|Failed ]]; do
    sleep 5
    state=$(kubectl --namespace "$1" get "job/$2" --output \
      jsonpath='{.status.ready} {.status.conditions[?(@.status=="True")].type}') || return 1
    if [[ -z $shown && $state =~ [1-9]|Complete|Failed ]]; then
      shown=yes
      kubectl --namespace "$1" logs --follow "job/$2" || kubectl --namespace "$1" get events || true
    fi
  done
  [[ $state == *Complete* ]]
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
