"""Every problem that holds a document, supplier or payment: its sentence, remedy and subject; one file for each subject.

`CODES` is the table of them all.
"""
# ruff: noqa: F403 - whatever these files hold belongs to this package, and is asked for as `problems.tax_missing(...)`

from __future__ import annotations

from mappers.problems.documents import *
from mappers.problems.lines import *
from mappers.problems.money import *
from mappers.problems.payments import *
from mappers.problems.preferences import *
from mappers.problems.problem import *
from mappers.problems.revisions import *
from mappers.problems.suppliers import *
from mappers.problems.taxes import *
from mappers.problems.twins import *
