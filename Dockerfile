# Preceptor for production: one image for web, worker, beat and migrations.
FROM python:3.13-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PATH=/app/.venv/bin:$PATH
RUN pip install --no-cache-dir uv && useradd --system --create-home preceptor
WORKDIR /app

COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-cache

COPY . .
RUN python manage.py collectstatic --no-input && chown -R preceptor var

USER preceptor
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--workers", "2", \
     "--blocking-threads", "4", "preceptor.wsgi:application"]
