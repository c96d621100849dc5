# The full image has the compilers that native modules need; the slim one below runs the result.
FROM node:22.23.2 AS build
RUN npm install --global pnpm@10.34.8
WORKDIR /app
COPY package.json pnpm-lock.yaml .npmrc ./
COPY prisma ./prisma
RUN --mount=type=cache,target=/root/.local/share/pnpm/store pnpm install --frozen-lockfile
COPY . .
RUN npm run build
ENV NODE_ENV=production
# Only what `dependencies` names is needed to run.
RUN CI=true npm_config_ignore_scripts=true pnpm prune --prod

FROM node:22.23.2-slim
# No versions here: the tag above fixes the Debian release, and its archive keeps only the newest patch.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends openssl \
    && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production
ENV PORT=3000
ENV HOME=/tmp
WORKDIR /app
COPY --from=build --chown=1000:1000 /app /app
USER 1000:1000
EXPOSE 3000
CMD ["npm", "run", "start"]
