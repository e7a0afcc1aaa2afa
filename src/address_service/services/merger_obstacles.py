"""What forbids a merger or split although its collisions are decided: said by the dry run, refused by the commit."""

from collections.abc import Iterator

from address_service.services.merger_lines import MergerDraft


def obstacles_of(draft: MergerDraft) -> Iterator[tuple[str, str]]:
    """Code and words of each; `effective-on-too-early`, `succession-cycle`."""
    standing, on = draft.standing, draft.standing.asked.effective_on
    yield from _renamed(draft)
    if spoilt := standing.reader.spoils(standing.asked.ends, draft.place_ids, on):
        yield "effective-on-too-early", f"{spoilt} 条地址在 {on} 之后已另有变更，生效日期须改为较晚的一天"
    yield from _cycles(draft)


def _renamed(draft: MergerDraft) -> Iterator[tuple[str, str]]:
    """The texts are made of the names of today, so on the day and since nothing may have been called otherwise."""
    standing, on = draft.standing, draft.standing.asked.effective_on
    reader = standing.reader.obstacles
    if renamed := reader.renamed_since(standing.division_ids, draft.place_ids, on):
        names = "、".join(f"“{name}”" for name in sorted(set(renamed))[:5])
        yield "effective-on-too-early", f"{names}在 {on} 之后才有现在的名称或隶属，生效日期须改为较晚的一天"


def _cycles(draft: MergerDraft) -> Iterator[tuple[str, str]]:
    standing = draft.standing
    if standing.asked.kind != "merge" or standing.target.id is None:
        return
    for key in standing.reader.obstacles.ancestors_among(standing.asked.ends, standing.target.id):
        name = standing.villages[key].name
        yield (
            "succession-cycle",
            f"“{name}”是自“{standing.target.name}”划出的，并回原村会使沿革成环；请合并为新设的村，名称和代码可以沿用",
        )
