# Two stages: the first has uv and Node, the second only what runs.

FROM python:3.12-slim AS build
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_PYTHON_DOWNLOADS=never
RUN pip install --no-cache-dir uv==0.13.*
WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN uv sync --locked --no-default-groups
RUN UV_PROJECT_ENVIRONMENT=/local uv sync --locked --only-group local
COPY . .
RUN NODE_ENV=production /local/bin/python -m platform_app.assets && rm -rf node_modules
RUN .venv/bin/pybabel compile --directory locale --domain django

FROM python:3.12-slim
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    BAITIAO_EMBEDDED=0 \
    BAITIAO_DATA_DIR=/var/lib/baitiao
RUN useradd --system --uid 10001 --home-dir /var/lib/baitiao --create-home baitiao
WORKDIR /app
COPY --from=build /app /app
USER baitiao
VOLUME /var/lib/baitiao
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["docker/healthcheck.py", "/healthz/live"]
CMD ["gunicorn", "platform_app.wsgi", "--bind=0.0.0.0:8000", "--threads=4", "--worker-tmp-dir=/dev/shm", "--max-requests=5000", "--max-requests-jitter=500", "--access-logfile=-"]
