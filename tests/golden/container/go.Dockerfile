FROM golang:1.25.14 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
RUN --mount=type=cache,target=/go/pkg/mod \
    --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go build -trimpath -ldflags=-s -o bin/ ./cmd/api ./cmd/worker
# What the program may read when it runs; what does not exist is left out.
RUN mkdir /runtime \
    && for name in assets conf config config.json config.toml config.yaml config.yml configs db html i18n locales migrations public resources static templates tmpl ui views web; do \
         if [ -e "$name" ]; then cp -R "$name" /runtime/; fi; \
       done

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /usr/local/go/lib/time/zoneinfo.zip /usr/local/go/lib/time/
ENV ZONEINFO=/usr/local/go/lib/time/zoneinfo.zip
WORKDIR /app
COPY --from=build /src/bin/api bin/api
COPY --from=build /src/bin/worker bin/worker
ENV PATH=/app/bin:/app:$PATH
COPY --from=build /runtime/ ./
USER 10001:10001
EXPOSE 8080
CMD ["./bin/api"]
