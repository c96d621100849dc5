"""Artifacts by hand: a sound set for `a_plan()`, small enough to read, that every rule and tool passes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fops.onboarding.model import Artifact

DOCKERFILE = """\
FROM python:3.13.7-slim AS build
WORKDIR /app
COPY requirements.txt .
RUN python -m venv /venv \\
    # the comment belongs to the instruction
    && /venv/bin/pip install --no-cache-dir -r requirements.txt

FROM python:3.13.7-slim
WORKDIR /app
COPY --from=build /venv /venv
COPY app app
USER 10001:10001
EXPOSE 8000
CMD ["/venv/bin/uvicorn", "app.main:app", "--host", "0.0.0.0", "--port", "8000"]
"""

COMPOSE = """\
services:
  shop-api:
    build:
      context: .
    image: ghcr.io/acme/shop-api
    ports:
      - "127.0.0.1:8000:8000"
    environment:
      DATABASE_URL: postgresql://shop:shop@postgres:5432/shop
    depends_on:
      - postgres
  postgres:
    image: postgres:17.6-alpine
    environment:
      POSTGRES_USER: shop
      POSTGRES_PASSWORD: shop
"""

BASE = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - shop-api/deployment.yaml
  - shop-api/service.yaml
  - shop-api/ingress.yaml
  - shop-api/configmap.yaml
  - shop-api/serviceaccount.yaml
  - shop-api/networkpolicy.yaml
"""

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop-api
spec:
  selector:
    matchLabels:
      app.kubernetes.io/name: shop-api
  template:
    metadata:
      labels:
        app.kubernetes.io/name: shop-api
    spec:
      serviceAccountName: shop-api
      securityContext:
        runAsNonRoot: true
        runAsUser: 10001
        seccompProfile:
          type: RuntimeDefault
      containers:
        - name: web
          image: ghcr.io/acme/shop-api
          ports:
            - name: http
              containerPort: 8000
          envFrom:
            - configMapRef:
                name: shop-api-config
          env:
            - name: DATABASE_URL
              valueFrom:
                secretKeyRef:
                  name: shop-api-secrets
                  key: DATABASE_URL
            - name: LOG_LEVEL
              valueFrom:
                configMapKeyRef:
                  name: shop-api-config
                  key: LOG_LEVEL
          readinessProbe:
            httpGet:
              path: /healthz
              port: http
          resources:
            requests:
              cpu: 100m
              memory: 128Mi
            limits:
              memory: 256Mi
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop:
                - ALL
"""

SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: shop-api
spec:
  selector:
    app.kubernetes.io/name: shop-api
  ports:
    - name: http
      port: 80
      targetPort: http
"""

INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop-api
spec:
  tls:
    - hosts:
        - shop.example.com
      secretName: shop-api-tls
  rules:
    - host: shop.example.com
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: shop-api
                port:
                  name: http
"""

CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: shop-api-config
data:
  LOG_LEVEL: info
"""

SERVICE_ACCOUNT = """\
apiVersion: v1
kind: ServiceAccount
metadata:
  name: shop-api
automountServiceAccountToken: false
"""

NETWORK_POLICY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: shop-api
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: shop-api
  policyTypes:
    - Ingress
    - Egress
  ingress:
    - ports:
        - port: http
  egress:
    - ports:
        - port: 53
          protocol: UDP
        - port: 5432
"""

PROD = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: shop-prod
resources:
  - ../../base
  - hpa.yaml
  - pdb.yaml
patches:
  - path: replicas.yaml
images:
  - name: ghcr.io/acme/shop-api
    newTag: 0.0.0
"""

REPLICAS = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop-api
spec:
  replicas: 3
"""

HPA = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: shop-api
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: shop-api
  minReplicas: 3
  maxReplicas: 6
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: 75
"""

PDB = """\
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: shop-api
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      app.kubernetes.io/name: shop-api
"""

WORKFLOW = """\
name: Pipeline
on:
  push:
    branches: [main]
permissions: {}
concurrency:
  group: ${{ github.workflow }}-${{ github.ref }}
  cancel-in-progress: false
jobs:
  build:
    name: Build
    runs-on: ubuntu-24.04
    timeout-minutes: 15
    permissions:
      contents: read
    env:
      IMAGE: ghcr.io/acme/shop-api
    steps:
      - name: Check out
        uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - name: Build the image
        run: docker build --tag "$IMAGE:$GITHUB_SHA" .
      - name: Deploy
        run: scripts/deploy.sh prod
        env:
          KUBE_CONFIG: ${{ secrets.KUBE_CONFIG }}
"""

DEPLOY = """\
#!/bin/sh
set -eu
kubectl apply --kustomize "deploy/k8s/overlays/$1"
"""

RUNBOOK = """\
# Runbook

Set up by hand: the Secret `shop-api-secrets` with the key DATABASE\\_URL, the Secret `shop-api-tls`, and the
repository secret `KUBE_CONFIG`.
"""

SERVICE_FILE = """\
schema: fops.service/v1
name: shop-api
services:
  - name: shop-api
    path: .
    language: python
    image: ghcr.io/acme/shop-api
    port: 8000
environments:
  - name: staging
    target: k8s
    protection: none
  - name: prod
    target: k8s
    protection: approval
"""

TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Domain:
    Type: String
Resources:
  Site:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Ref Domain
"""

PARAMETERS = '[\n  {"ParameterKey": "Domain", "ParameterValue": "shop.example.com"}\n]\n'

RULES = """\
groups:
  - name: shop-api
    rules:
      - record: shop:unavailable:ratio
        expr: >-
          kube_deployment_status_replicas_unavailable{deployment="shop-api"}
          / on (namespace, deployment) kube_deployment_spec_replicas
      - alert: ShopApiUnavailable
        expr: max by (namespace) (shop:unavailable:ratio) > 0.5 and sum(up offset 5m) > bool 0
        for: 10m
"""

SOUND = {
    ".github/workflows/pipeline.yml": WORKFLOW,
    "Dockerfile": DOCKERFILE,
    "compose.yaml": COMPOSE,
    "deploy/k8s/base/kustomization.yaml": BASE,
    "deploy/k8s/base/shop-api/configmap.yaml": CONFIG_MAP,
    "deploy/k8s/base/shop-api/deployment.yaml": DEPLOYMENT,
    "deploy/k8s/base/shop-api/ingress.yaml": INGRESS,
    "deploy/k8s/base/shop-api/networkpolicy.yaml": NETWORK_POLICY,
    "deploy/k8s/base/shop-api/service.yaml": SERVICE,
    "deploy/k8s/base/shop-api/serviceaccount.yaml": SERVICE_ACCOUNT,
    "deploy/k8s/overlays/prod/hpa.yaml": HPA,
    "deploy/k8s/overlays/prod/kustomization.yaml": PROD,
    "deploy/k8s/overlays/prod/pdb.yaml": PDB,
    "deploy/k8s/overlays/prod/replicas.yaml": REPLICAS,
    "deploy/monitoring/prometheus-rules.yaml": RULES,
    "deploy/static/parameters/prod.json": PARAMETERS,
    "deploy/static/template.yaml": TEMPLATE,
    "docs/runbook.md": RUNBOOK,
    "fops.yaml": SERVICE_FILE,
    "scripts/deploy.sh": DEPLOY,
}


def an_artifact(path: str, text: str, **changes: Any) -> Artifact:
    artifact = Artifact(
        path=path, text=text, reason="a test", template="by-hand", executable=path.endswith(".sh")
    )
    return replace(artifact, **changes)


def sound_artifacts(**texts: str) -> tuple[Artifact, ...]:
    """The sound set; a text given as `texts` under a path takes the place of that file, or is added."""
    return tuple(an_artifact(path, text) for path, text in sorted((SOUND | texts).items()))
