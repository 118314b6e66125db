"""The journal of a results folder: what was asked for, tried and measured, in one SQLite file.

    journal = Journal.open(Path("results"))
    with journal.begin(plan) as campaign:                 # results/rnn.csv is there from now on
        with campaign.attempt(job) as attempt:
            attempt.started("train"); attempt.did("train", 3.2, cached=False)
            attempt.ended(row, samples)                   # one transaction

The journal is the truth; `results/<experiment>.csv` is written from it, whole at every moment.
Any number of processes work in one folder at a time.
"""

from hilbench.record.journal.attempt import Attempt, Part, Profile, Samples
from hilbench.record.journal.campaign import Campaign
from hilbench.record.journal.database import FILE
from hilbench.record.journal.journal import Journal, Plan

__all__ = ["FILE", "Attempt", "Campaign", "Journal", "Part", "Plan", "Profile", "Samples"]
