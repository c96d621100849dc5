FROM mambaorg/micromamba:2.9.0 AS build
WORKDIR /app
COPY --chown=57439:57439 . .
RUN micromamba create --yes --prefix /opt/conda/envs/app --file environment.yml

FROM debian:13.6-slim
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /tmp --shell /usr/sbin/nologin app
ENV HOME=/tmp \
    PATH=/opt/conda/envs/app/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
COPY --from=build /opt/conda/envs/app /opt/conda/envs/app
COPY --from=build /app /app
WORKDIR /app
USER 10001:10001
EXPOSE 8000
CMD ["streamlit", "run", "app.py"]
