"""Provenance: what rests on what, kept so that `fops why` can walk it.

Must not know: the nouns it links. Rooms describe their own; bootstrap registers their describers. Map:
    model.py    Node, Explanation, Describer
    store.py    the tables of nodes and links
    explain.py  the walk
"""

from fops.provenance.explain import Explainer
from fops.provenance.model import Describer, Description, Explanation, Location, Node

__all__ = ["Describer", "Description", "Explainer", "Explanation", "Location", "Node"]
