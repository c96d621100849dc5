# Takes the official image's variables, the password from a file too, and starts as it does: root makes the data folder
# the server's own and gives up root. Without a volume the data ends with the container.
FROM fops-testbed/system:trixie
RUN ln -s /usr/lib/postgresql/*/bin /usr/local/postgresql && mkdir --parents /var/lib/postgresql/data
ENV PATH=/usr/local/postgresql:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
ENV PGHOST=/tmp PGDATA=/var/lib/postgresql/data
COPY postgres.sh /usr/local/bin/start
VOLUME /var/lib/postgresql/data
CMD ["sh", "/usr/local/bin/start"]
