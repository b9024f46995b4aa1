FROM python:3.12-slim AS build
WORKDIR /build
COPY requirements.lock .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock

FROM python:3.12-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
    && useradd --system --user-group --uid 10001 ringback && mkdir /data && chown ringback /data
COPY --from=build /venv /venv
WORKDIR /app
COPY bot bot
COPY bridge bridge
COPY prompts prompts
COPY entrypoint.sh /entrypoint.sh
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATABASE_URL=sqlite:////data/ringback.db \
    RECORDINGS_DIR=/data/recordings PORT=8080
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=3s CMD python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/healthz', timeout=2)"
ENTRYPOINT ["/entrypoint.sh"]
CMD ["python", "-m", "bot", "run"]
