"""Wiring: settings → App, lazily. The only room that loads entry points and knows every other room below the doors.

Map: app.py     App and what it builds      settings.py  all groups, their sources and origins
     server.py  settings of the server      guards.py    what the server may be asked to fetch
     durable.py the worker of a house
     upkeep.py  what a node does for its own files
     observed.py  what is measured of a house, and what its health is asked about
     identity.py   who asks, and what they may do     explained.py  `fops why` over every room's nouns
     providers.py  who makes a change request where nobody says
"""

from fops.bootstrap.app import App, open_app

__all__ = ["App", "open_app"]
