# The daemon with SQLite in /data and its page on port 8000, run by uid 10001.
# The page is served beyond this machine, so MONITOR_WEB__USERNAME and MONITOR_WEB__PASSWORD(_FILE) must be given.
ARG BASE=python:3.11-slim

FROM ${BASE} AS build
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_NO_CACHE=1 UV_PROJECT_ENVIRONMENT=/opt/monitor \
    UV_PYTHON_DOWNLOADS=never UV_SYSTEM_CERTS=1
RUN python3 -m venv /opt/uv && /opt/uv/bin/pip install --no-cache-dir uv==0.13.9
WORKDIR /build
COPY pyproject.toml uv.lock ./
RUN /opt/uv/bin/uv sync --locked --no-dev --extra postgres --extra fulltext --no-install-project
COPY LICENSE README.md ./
COPY config config
COPY seeds seeds
COPY monitor monitor
RUN /opt/uv/bin/uv sync --locked --no-dev --extra postgres --extra fulltext --no-editable
RUN MONITOR_CACHE=/opt/monitor/cache /opt/monitor/bin/python -m monitor.forms

FROM ${BASE}
RUN useradd --uid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin monitor \
    && install -d -o monitor -g monitor /data
COPY --from=build /opt/monitor /opt/monitor
COPY config /app/config
COPY seeds /app/seeds
ENV PATH=/opt/monitor/bin:$PATH \
    MONITOR_CACHE=/opt/monitor/cache \
    MONITOR_CONFIG=/app/config/monitor.toml \
    MONITOR_STORE__URL=sqlite:////data/monitor.db \
    MONITOR_WEB__LISTEN=0.0.0.0:8000
WORKDIR /app
USER 10001:10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["monitor", "healthcheck"]
ENTRYPOINT ["monitor"]
CMD ["run"]
