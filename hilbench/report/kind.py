"""What a module of hilbench.report.figures defines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hilbench.record.row import Row
from hilbench.report.campaign import Campaign
from hilbench.report.panels import Panel


@dataclass(frozen=True)
class Kind:
    """One kind of figure: which rows it can show, and as which panels.

    `name` is the name of its files. `shows` gets a row that is ok; a figure
    states which rows it does not show. `panels` gets the others, at least one.
    `note` says below the figure what the numbers count. `per_model`: they are
    the same for every variant, engine and board. `most_jobs` is how many it can
    show on a page, 0 for any number. Panels stand `side_by_side` where each gets
    `narrowest_em` of the text's size; with `same_y`, the first of a row says that axis
    for all. `needs` says in words what `shows` asks for; an `optional` figure is not drawn
    where no row has that.
    What it shows beside rows is in `rests_on`, as plain values: when that changes, the
    figure is drawn again. `knows` says of which rows that is there.
    """

    name: str
    heading: str
    shows: Callable[[Row], bool]
    panels: Callable[[Campaign, Sequence[Row]], Sequence[Panel]]
    note: str = ""
    per_model: bool = False
    most_jobs: int = 0
    side_by_side: bool = False
    narrowest_em: float = 20.0
    same_y: bool = False
    needs: str = ""
    optional: bool = False
    rests_on: Callable[[Campaign], object] = lambda _: None
    knows: Callable[[Campaign, Row], bool] = lambda *_: True

    def can_show(self, campaign: Campaign, row: Row) -> bool:
        return row.ok and self.shows(row) and self.knows(campaign, row)

    def missing(self, campaign: Campaign, shown: Sequence[Row]) -> list[Row]:
        """The jobs that `shown` says nothing about."""
        there = {self._subject(row) for row in shown}
        return [row for row in campaign.rows if self._subject(row) not in there]

    def _subject(self, row: Row) -> str:
        return str(row["model"]) if self.per_model else row.job


def has(*columns: str) -> Callable[[Row], bool]:
    """The row was measured in all `columns`."""
    return lambda row: all(column in row for column in columns)


def positive(*columns: str) -> Callable[[Row], bool]:
    """All `columns` are above 0: what a logarithmic axis can show."""
    return lambda row: all(float(row.get(column, 0)) > 0 for column in columns)
