"""What stands between the network and the routes: cheap, in front of everything, and sayable in one line each.

    admission.py   the middleware that asks the others          rates.py    how often somebody may ask
    proxies.py     who asks, behind a reverse proxy             bodies.py   bodies within size and time, JSON without tricks
    hosts.py       under which names the server answers         places.py   how many of one kind at a time
    headers.py     what every answer tells browsers             sockets.py  connections that dawdle, and how many there are

Each process counts for itself: behind two servers, somebody may ask twice as often.
"""
