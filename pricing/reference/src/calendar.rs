//! Days: the date of the request in the tenant's time zone, its day of the week, and the days after it (R7, R12).

use emptor_core::{Weekday, When};

use crate::moment::Moment;

/// A day of the calendar.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Day(When);

impl Day {
    /// The day of `valid_at` in the tenant's time zone.
    pub(crate) fn of(moment: &Moment) -> Option<Self> {
        Self::holding(moment, When::Instant(moment.valid_at))
    }

    /// The day that a date is, or that an instant is on in the tenant's time zone.
    pub(crate) fn holding(moment: &Moment, when: When) -> Option<Self> {
        match when {
            When::Date(_) => Some(Self(when)),
            When::Instant(instant) => moment.zone.date(instant).map(|date| Self(When::Date(date))),
        }
    }

    pub(crate) fn weekday(self) -> Option<Weekday> {
        const FROM_THURSDAY: [Weekday; 7] = [
            Weekday::Thursday,
            Weekday::Friday,
            Weekday::Saturday,
            Weekday::Sunday,
            Weekday::Monday,
            Weekday::Tuesday,
            Weekday::Wednesday,
        ];
        // The first of January 1970 was a Thursday.
        let (When::Date(date), Ok(When::Date(thursday))) = (self.0, "1970-01-01".parse()) else { return None };
        let days = date.signed_duration_since(thursday).num_days().rem_euclid(7);
        FROM_THURSDAY.get(usize::try_from(days).ok()?).copied()
    }

    pub(crate) fn next(self) -> Option<Self> {
        let When::Date(date) = self.0 else { return None };
        date.succ_opt().map(|date| Self(When::Date(date)))
    }

    /// As a record shows it.
    pub(crate) fn shown(self) -> When {
        self.0
    }
}
