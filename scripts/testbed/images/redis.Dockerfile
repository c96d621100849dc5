FROM fops-testbed/system:trixie
USER redis
CMD ["redis-server", "--bind", "*", "--protected-mode", "no", "--save", ""]
