# There is no build: the launcher of the JDK compiles the sources when it starts.
FROM eclipse-temurin:21.0.12.1_1-jdk
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /tmp --shell /usr/sbin/nologin app
ENV HOME=/tmp
# The heap follows the container's memory limit; a program out of memory ends, and is started again.
ENV JAVA_TOOL_OPTIONS="-XX:MaxRAMPercentage=75.0 -XX:+ExitOnOutOfMemoryError"
WORKDIR /app
COPY . .
USER 10001:10001
EXPOSE 8080
CMD ["java", "Main.java"]
