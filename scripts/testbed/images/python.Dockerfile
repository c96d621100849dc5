FROM fops-testbed/system:trixie
CMD ["python3"]
