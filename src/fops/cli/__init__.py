"""The command line: parses, calls one function of a room, renders. stdout is data, stderr is talk.

Nothing heavy is imported before a command runs. Map:
    main.py       the app, global options, errors and exit codes    session.py   what the global options opened
    output.py     JSON, fields, tables                              progress.py  steps with their time
    one module per command group: onboard.py why.py audit.py serve.py, and those in commands/
"""
