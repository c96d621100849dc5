FROM nginxinc/nginx-unprivileged:1.30.4-alpine AS files
COPY --chown=101:101 ./ /site/
# It stands beside the files and is not for visitors.
RUN rm /site/nginx.conf

# The server runs as user 101 and listens on 8080.
FROM nginxinc/nginx-unprivileged:1.30.4-alpine
COPY nginx.conf /etc/nginx/conf.d/default.conf
COPY --from=files /site/ /usr/share/nginx/html/
USER 101:101
EXPOSE 8080
