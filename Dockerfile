# The images of docker-compose.yml, one target a process. What a process does not run, its image does not carry:
# `knowledge` (api and worker) has torch, `agent` and `stage` are thin.

FROM node:24.19.0-slim AS console
WORKDIR /console
COPY app/console/package.json app/console/.npmrc ./
RUN npm install --no-audit --no-fund
COPY app/console ./
RUN npm run build

FROM python:3.11.13-slim AS base
ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    HF_HUB_DISABLE_TELEMETRY=1 DO_NOT_TRACK=1 ANONYMIZED_TELEMETRY=False
RUN useradd --create-home --uid 10001 groundling && mkdir -p /state /models && chown groundling /state /models
WORKDIR /groundling
RUN pip install --upgrade pip
COPY constraints.txt pyproject.toml README.md ./

FROM base AS knowledge
RUN pip install torch --index-url https://download.pytorch.org/whl/cpu -c constraints.txt
COPY ingest ingest
COPY app app
COPY data data
COPY --from=console /console/dist app/console/dist
RUN pip install -c constraints.txt -e ".[knowledge,api]"
ENV HF_HOME=/models
USER groundling
EXPOSE 8080
CMD ["groundling", "api"]

FROM base AS agent
COPY ingest ingest
COPY app app
RUN pip install -c constraints.txt -e ".[agent]"
USER groundling
EXPOSE 8081
CMD ["groundling", "agent"]

FROM base AS stage
RUN apt-get update && apt-get install -y --no-install-recommends fonts-dejavu-core && rm -rf /var/lib/apt/lists/*
COPY ingest ingest
COPY app app
RUN pip install -c constraints.txt -e ".[stage]"
USER groundling
EXPOSE 8089
CMD ["groundling", "stage"]
