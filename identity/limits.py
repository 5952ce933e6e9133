"""Every limit on guessing, hoarding and mail, counted once for the whole platform.

How they are counted is in :mod:`parvis.counters`; who counts by address is in
:mod:`identity.visits`. What a citizen is sent without having asked is paced by
:mod:`parvis.pacing`.
"""

from datetime import datetime, timedelta

from parvis.counters import Limit, TooMany, release, take, take_all


__all__ = ["Limit", "TooMany", "release", "take", "take_all"]

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

LOGIN = Limit("login", 5, timedelta(minutes=5))  # per account
SECOND_FACTOR = Limit("second-factor", 5, timedelta(minutes=5))  # per account
ADDRESS = Limit("address", 30, MINUTE)  # forms sent to the login host, per IP
CODE_MAIL = Limit("code-mail", 5, HOUR)  # per recipient
INVITATION = Limit("invitation", 20, DAY)  # per inviting person
PREVIEW = Limit("preview", 5, DAY)  # previews of communes, per address
INVITED = Limit("invited", 3, HOUR)  # per recipient

# Per address of the visitor, over all communes.
SEARCH = Limit("slot-search", 60, MINUTE, fails_open=True)
HOLD = Limit("hold", 5, HOUR)  # a family of five, one after the other
HOLDS_AT_ONCE = Limit("holds-at-once", 2, timedelta(minutes=10))  # given back once confirmed
OTHER_SLOT = Limit("other-slot", 30, HOUR)  # another slot instead of the one that is held
REPORT = Limit("report", 5, HOUR)
LOOKUP = Limit("lookup", 10, HOUR)  # references of appointments and of reports together
# Per e-mail address or telephone number that a report names.
REPORT_CONTACT = Limit("report-contact", 10, DAY)
# Per account.
EXPORT = Limit("export", 10, HOUR, fails_open=True)
# Per telephone number.
SMS_HOUR = Limit("sms-hour", 2, HOUR)
SMS_DAY = Limit("sms-day", 4, DAY)


def take_sms(number: str, *, now: datetime) -> None:
    """Count one text message to a number, whichever commune sends it.

    Raises:
        TooMany: it has had two within an hour, or four within a day.
    """
    digits = "".join(each for each in number if each.isdigit())
    national = digits[-9:]  # +33 6, 0033 6 and 06 are one number
    take_all([(SMS_HOUR, national), (SMS_DAY, national)], now=now)
