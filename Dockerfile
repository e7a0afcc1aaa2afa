# syntax=docker/dockerfile:1
# The service without a database: the map page is built first, then the locked Python packages are installed.

FROM node:22-bookworm-slim AS page
WORKDIR /build
COPY frontend/package.json frontend/package-lock.json frontend/
RUN npm --prefix frontend ci --no-audit --no-fund
COPY frontend frontend
RUN npm --prefix frontend run build

FROM python:3.11-slim-bookworm AS packages
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /opt/address-service
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_PYTHON_DOWNLOADS=never
COPY pyproject.toml uv.lock README.md ./
RUN uv sync --locked --no-dev --no-install-project
COPY migrations migrations
COPY src src
COPY --from=page /build/src/address_service/web/static/bundle src/address_service/web/static/bundle
RUN uv sync --locked --no-dev --no-editable

FROM python:3.11-slim-bookworm
# Versions are Debian 12's; pinning them would break the build with every security update.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends fonts-hanazono fonts-wqy-zenhei \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home --home-dir /var/lib/address-service address-service
COPY --from=packages /opt/address-service/.venv /opt/address-service/.venv
COPY docker/entrypoint.sh /usr/local/bin/entrypoint.sh
ENV PATH=/opt/address-service/.venv/bin:$PATH \
    LANG=C.UTF-8 \
    PYTHONUNBUFFERED=1 \
    DATA_DIR=/var/lib/address-service \
    HOST=0.0.0.0 \
    PORT=8000
USER 10001
WORKDIR /var/lib/address-service
VOLUME /var/lib/address-service
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=6 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=2)"]
ENTRYPOINT ["entrypoint.sh"]
CMD ["serve"]
