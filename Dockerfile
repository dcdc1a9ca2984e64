ARG BASE=python:3.13-slim

FROM ${BASE} AS build
# Bytecode is compiled here and never checked against its source again: the running user may not
# write beside the code, and an unchanging file need not be looked at on every start.
ENV PYC_INVALIDATION_MODE=UNCHECKED_HASH \
    UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy \
    UV_NO_CACHE=1 \
    UV_PROJECT_ENVIRONMENT=/venv \
    UV_PYTHON_DOWNLOADS=never
WORKDIR /build
COPY pyproject.toml uv.lock ./
COPY packages/guarded-fetch/pyproject.toml packages/guarded-fetch/
COPY packages/plugin-check/pyproject.toml packages/plugin-check/
COPY packages/plugin-server/pyproject.toml packages/plugin-server/
# The secret is optional: the certificates of a network that inspects TLS.
RUN --mount=type=secret,id=certificates \
    if [ -s /run/secrets/certificates ]; then \
        export PIP_CERT=/run/secrets/certificates SSL_CERT_FILE=/run/secrets/certificates; \
    fi \
    && python -m venv /tools \
    && /tools/bin/pip install --no-cache-dir --disable-pip-version-check 'uv>=0.13,<0.14' \
    && /tools/bin/uv sync --frozen --no-dev --no-install-workspace --extra oauth --extra postgres --extra redis \
        --extra uvicorn
COPY ai-plugin.json openapi.yaml logo.png /srv/
COPY app /srv/app
COPY packages/guarded-fetch/src/guarded_fetch /srv/guarded_fetch
COPY packages/plugin-server/src/plugin_server /srv/plugin_server
# The modes are set because a checkout under a strict umask would be unreadable to the running user.
RUN chmod -R u=rwX,go=rX /srv \
    && python -m compileall -q --invalidation-mode unchecked-hash /srv

FROM ${BASE}
LABEL org.opencontainers.image.title="todo-plugin" \
      org.opencontainers.image.description="A todo service that every AI assistant can use" \
      org.opencontainers.image.licenses="MIT"
# The base brings pip, which a running service has no use for and an intruder has.
RUN useradd --uid 10001 --user-group --no-log-init --home-dir /data \
        --shell /usr/sbin/nologin plugin \
    && install --directory --owner=plugin --group=plugin --mode=0700 /data \
    && python -m pip uninstall --yes --root-user-action=ignore pip
COPY --from=build /venv /venv
COPY --from=build /srv /srv
# Engines kill 10 seconds after SIGTERM, and the server may need PLUGIN_GRACE and two seconds more.
ENV PATH=/venv/bin:$PATH \
    PLUGIN_BIND=0.0.0.0:5002 \
    PLUGIN_DATABASE_URL=sqlite:////data/todos.db \
    PLUGIN_GRACE=7 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /srv
USER 10001:10001
VOLUME /data
EXPOSE 5002
# http.client, because urllib would send the question to a proxy that the environment names. The
# certificate is for the name that callers use, which is not asked for here.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s CMD ["python", "-c", "\
import http.client, os, ssl, sys; \
port = os.environ.get('PORT') or os.environ['PLUGIN_BIND'].rpartition(':')[2]; \
tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if os.environ.get('PLUGIN_TLS_CERT') else None; \
tls and (setattr(tls, 'check_hostname', False), setattr(tls, 'verify_mode', ssl.CERT_NONE)); \
connection = http.client.HTTPSConnection('127.0.0.1', int(port), timeout=4, context=tls) if tls \
    else http.client.HTTPConnection('127.0.0.1', int(port), timeout=4); \
connection.request('GET', '/healthz'); \
sys.exit(connection.getresponse().status != 200)"]
# Exec form: Python is process 1 and gets the engine's SIGTERM itself.
ENTRYPOINT ["python", "-m", "app"]
CMD ["serve"]
