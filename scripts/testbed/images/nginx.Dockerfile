# Laid out as the unprivileged nginx image: user 101, everything written below /tmp.
FROM fops-testbed/system:trixie
RUN printf '%s\n' 'pid /tmp/nginx.pid;' 'events {}' 'http {' \
    '  client_body_temp_path /tmp/client;' '  proxy_temp_path /tmp/proxy;' '  fastcgi_temp_path /tmp/fastcgi;' \
    '  uwsgi_temp_path /tmp/uwsgi;' '  scgi_temp_path /tmp/scgi;' '  include /etc/nginx/mime.types;' \
    '  access_log /dev/stdout;' '  include /etc/nginx/conf.d/*.conf;' '}' > /etc/nginx/nginx.conf \
    && mkdir -p /usr/share/nginx/html && rm -f /usr/share/nginx/html/*
USER 101
CMD ["nginx", "-e", "stderr", "-g", "daemon off;"]
