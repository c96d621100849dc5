FROM eclipse-temurin:21.0.12.1_1-jdk AS build
WORKDIR /src
COPY . .
RUN chmod +x ./mvnw
RUN --mount=type=cache,target=/root/.m2 \
    ./mvnw -B -DskipTests package
# One stable name for the runnable archive, whatever version the build gave it.
RUN find target -maxdepth 1 -name 'orders-*.jar' ! -name '*-plain.jar' ! -name '*-sources.jar' ! -name '*-javadoc.jar' ! -name '*-tests.jar' ! -name 'original-*.jar' -exec cp {} /app.jar \; \
    && test -s /app.jar

FROM eclipse-temurin:21.0.12.1_1-jre
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /tmp --shell /usr/sbin/nologin app
ENV HOME=/tmp
# The heap follows the container's memory limit; a program out of memory ends, and is started again.
ENV JAVA_TOOL_OPTIONS="-XX:MaxRAMPercentage=75.0 -XX:+ExitOnOutOfMemoryError"
WORKDIR /app
COPY --from=build /app.jar ./app.jar
USER 10001:10001
EXPOSE 8080
CMD ["java", "-jar", "app.jar"]
