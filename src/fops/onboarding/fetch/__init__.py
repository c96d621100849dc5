"""Fetch: from what a person typed to a read-only tree. Nothing of the repository runs.

Map: address.py  what may be typed      git_tree.py  one commit as a Tree
     fetch.py    clone or open          tree.py      a folder, or texts in memory, as a Tree
"""

from fops.onboarding.fetch.address import check_folder, check_reference, locate
from fops.onboarding.fetch.fetch import Fetched, fetch

__all__ = ["Fetched", "check_folder", "check_reference", "fetch", "locate"]
