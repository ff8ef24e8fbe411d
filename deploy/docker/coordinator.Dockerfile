# syntax=docker/dockerfile:1.7
# The coordinator, and every command that computes nothing: without TensorFlow, and without what only workers need.
#
#   docker build -f deploy/docker/coordinator.Dockerfile -t mlip-coordinator:0.1.0 .

# Give a digest, node@sha256:..., for an image that never changes.
ARG NODE_IMAGE=node:20.20.2-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /opt/mlip
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY proto proto
COPY src src
RUN npm run build

FROM ${NODE_IMAGE} AS packages
WORKDIR /opt/mlip
COPY package.json package-lock.json .npmrc ./
# The rest of the lock file stays as it is, and so do the versions in it.
RUN --mount=type=cache,target=/root/.npm \
    npm ci --omit=dev && \
    npm uninstall --omit=dev @tensorflow/tfjs @tensorflow/tfjs-backend-cpu @tensorflow/tfjs-core \
      @tensorflow/tfjs-node-gpu koffi sharp
RUN npm sbom --package-lock-only --omit=dev --sbom-format=cyclonedx > sbom.cdx.json

FROM ${NODE_IMAGE} AS coordinator
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="mlip coordinator" \
      org.opencontainers.image.description="Coordinates the pre-training of medical image encoders; loads no TensorFlow" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /opt/mlip
COPY --from=packages /opt/mlip/package.json /opt/mlip/package-lock.json /opt/mlip/sbom.cdx.json ./
COPY --from=packages /opt/mlip/node_modules node_modules
COPY --from=build /opt/mlip/dist dist
COPY bin bin
# Browsers read it as it is.
COPY --from=build /opt/mlip/src/dashboard/page src/dashboard/page
COPY proto proto
COPY recipes recipes
COPY knowledge knowledge
COPY prompts prompts
COPY LICENSE ./
COPY deploy/docker/healthcheck.js deploy/docker/healthcheck.js
# What is written is below --out, --store and these.
ENV NODE_ENV=production HOME=/tmp MLIP_CACHE_DIR=/tmp/mlip
USER 10001:10001
EXPOSE 7070 8080 9464
# With --metrics-port 9464, as compose.yaml and the chart have it.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["node", "/opt/mlip/deploy/docker/healthcheck.js"]
ENTRYPOINT ["node", "/opt/mlip/bin/mlip.js"]
CMD ["coordinator", "--help"]
