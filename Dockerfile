# Two stages: what installs stays behind. The names of both are the same, or the virtual environment would not fit.
FROM python:3.12-slim-bookworm AS build
WORKDIR /build
COPY requirements.lock .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock

FROM python:3.12-slim-bookworm
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
# The file system may be read-only: without this every start would compile everything, for half a second.
RUN python -m compileall -q bot bridge prompts
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=3s --start-period=10s \
    CMD python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/healthz', timeout=2)"
# It hands /data over and goes on as `ringback`, also where the host starts it as root to mount a volume (Fly does).
ENTRYPOINT ["/entrypoint.sh"]
CMD ["python", "-m", "bot", "run"]
