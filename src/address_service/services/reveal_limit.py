"""How often an account may have residents shown in clear, in whatever form."""

from address_service.errors import TooMany
from address_service.store.reveal_counts import take_reveal
from address_service.store.work import Work


def count_reveal(work: Work, limit: int) -> None:
    """Count one; raises TooMany `reveals-used-up` beyond ``limit`` in an hour."""
    if not take_reveal(work.conn, work.county_code, work.actor.account_id, work.now, limit):
        raise TooMany(f"每小时最多查看{limit}次明文，请下一小时再试", code="reveals-used-up")
