# syntax=docker/dockerfile:1.7
# A worker with TensorFlow's libraries; on CPUs by default, on NVIDIA's GPUs with --target gpu.
#
#   docker build -f deploy/docker/worker.Dockerfile --target cpu -t mlip-worker:0.1.0-cpu .
#   docker build -f deploy/docker/worker.Dockerfile --target gpu -t mlip-worker:0.1.0-gpu .

# Give digests, node@sha256:..., for an image that never changes.
ARG NODE_IMAGE=node:20.20.2-bookworm-slim
ARG PYTHON_IMAGE=python:3.12.12-slim-bookworm

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
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev
RUN npm sbom --package-lock-only --omit=dev --sbom-format=cyclonedx > sbom.cdx.json

# What both kinds have but for TensorFlow.
FROM ${NODE_IMAGE} AS program
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

# pip gets the wheels, pinned by hash in mlip; Python is not needed after that.
FROM ${PYTHON_IMAGE} AS engine
COPY --from=program /usr/local/bin/node /usr/local/bin/node
COPY --from=program /opt/mlip /opt/mlip
ENV MLIP_CACHE_DIR=/var/cache/mlip

FROM engine AS engine-cpu
RUN --mount=type=cache,target=/var/cache/mlip \
    node /opt/mlip/bin/mlip.js engine install --json > /tmp/engine.json && \
    cp -r "$(dirname "$(node -p 'require("/tmp/engine.json").directory')")" /opt/engine

FROM engine AS engine-gpu
RUN --mount=type=cache,target=/var/cache/mlip \
    node /opt/mlip/bin/mlip.js engine install --gpu --json > /tmp/engine.json && \
    cp -r "$(dirname "$(node -p 'require("/tmp/engine.json").directory')")" /opt/engine

FROM program AS worker
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="mlip worker" \
      org.opencontainers.image.description="Trains medical image encoders; gets its configuration from a coordinator" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="Apache-2.0"
# What is written is below the output directory and these. One arena of memory, as mlip gives it to workers that it starts.
ENV NODE_ENV=production HOME=/tmp MLIP_CACHE_DIR=/tmp/mlip MLIP_LIBTENSORFLOW=/opt/engine/tensorflow MALLOC_ARENA_MAX=1
USER 10001:10001
EXPOSE 7071 9464
# With --metrics-port 9464, as compose.yaml and the chart have it.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["node", "/opt/mlip/deploy/docker/healthcheck.js"]
ENTRYPOINT ["node", "/opt/mlip/bin/mlip.js"]
CMD ["worker", "--help"]

FROM worker AS gpu
COPY --from=engine-gpu /opt/engine /opt/engine
# For NVIDIA's container runtime.
ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility

FROM worker AS cpu
COPY --from=engine-cpu /opt/engine /opt/engine
