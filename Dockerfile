# Preceptor for production: one image for web, worker, beat and migrations.
FROM python:3.13-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PATH=/app/.venv/bin:$PATH
RUN pip install --no-cache-dir uv && useradd --system --create-home preceptor
WORKDIR /app

COPY pyproject.toml uv.lock ./
# The group embedded brings pg_dump for backups; telemetry what sends errors and traces.
ARG GROUPS="--group embedded"
RUN uv sync --frozen --no-cache $GROUPS

COPY . .
RUN python manage.py collectstatic --no-input && mkdir -p var/backups \
    && chown -R preceptor var

USER preceptor
EXPOSE 8000
CMD ["python", "-m", "preceptor.serve", "--host", "0.0.0.0"]
