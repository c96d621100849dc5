# Takes the official image's three variables; its data lives and ends with the container.
FROM fops-testbed/system:trixie
RUN ln -s /usr/lib/postgresql/*/bin /usr/local/postgresql && mkdir /data && chown postgres /data
ENV PATH=/usr/local/postgresql:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
ENV PGHOST=/tmp
USER postgres
CMD ["sh", "-euc", "echo \"$POSTGRES_PASSWORD\" >/data/.password && initdb -D /data/base -U \"$POSTGRES_USER\" --pwfile=/data/.password -A scram-sha-256 && echo 'host all all all scram-sha-256' >>/data/base/pg_hba.conf && echo \"create database $POSTGRES_DB\" | postgres --single -D /data/base postgres && exec postgres -D /data/base -c listen_addresses='*' -c unix_socket_directories=/tmp -c fsync=off"]
