//! Instants, dates in a tenant's time zone, and half-open periods.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike as _, Days, NaiveDate, NaiveTime, SecondsFormat, TimeZone as _, Timelike as _, Utc};
use serde::{Deserialize, Serialize};

use crate::condition::Weekday;

/// The IANA time zone database that [`TimeZone`] knows. Part of the semantics version.
pub const IANA_VERSION: &str = chrono_tz::IANA_TZDB_VERSION;

/// A point in time, in microseconds since 1970-01-01T00:00:00Z; years 1 to 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

/// A date or an instant, as documents and requests write it: `2026-03-01` or `2026-03-12T09:30:00Z`.
///
/// A date means its midnight in the tenant's time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum When {
    /// A date.
    Date(NaiveDate),
    /// An instant.
    Instant(Instant),
}

/// `time.syntax`: neither a date nor an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither a date like 2026-03-01 nor an instant like 2026-03-12T09:30:00Z, of the years 1 to 9999")]
pub struct TimeError;

impl TimeError {
    /// The stable code of this error.
    pub fn code(self) -> &'static str {
        "time.syntax"
    }
}

/// A time zone of the IANA database, like `Europe/Berlin`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeZone(chrono_tz::Tz);

/// A time of day, `14:00`; minutes since midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClockTime(u32);

/// From when to when something holds, as written; both ends may be open. Half-open: `to` is the first moment without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Validity {
    /// The first moment; absent: since ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<When>,
    /// The first moment after; absent: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<When>,
}

/// From when to when something holds: `[from, to)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// The first moment.
    pub from: Instant,
    /// The first moment after.
    pub to: Instant,
}

impl Instant {
    /// Before every instant that can be written.
    pub const MIN: Self = Self(i64::MIN);
    /// After every instant that can be written.
    pub const MAX: Self = Self(i64::MAX);

    /// The instant of a count of microseconds since 1970.
    pub fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970.
    pub fn micros(self) -> i64 {
        self.0
    }
}

impl When {
    /// The instant that is meant in `zone`. A midnight that a clock change skips is the first moment after it; one
    /// that occurs twice is the first.
    pub fn instant(self, zone: TimeZone) -> Instant {
        match self {
            Self::Instant(instant) => instant,
            Self::Date(date) => zone.midnight(date),
        }
    }
}

impl TimeZone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(chrono_tz::UTC);

    fn midnight(self, date: NaiveDate) -> Instant {
        let local = date.and_time(NaiveTime::MIN);
        if let Some(earliest) = self.0.from_local_datetime(&local).earliest() {
            return Instant(earliest.timestamp_micros());
        }
        // In a gap: the last minute before it, found by its own offset, ends where the gap begins.
        let quarters = (1_i64..=96).filter_map(|quarter| {
            let later = local.checked_add_signed(chrono::TimeDelta::minutes(quarter.saturating_mul(15)))?;
            self.0.from_local_datetime(&later).earliest()
        });
        let first = quarters.map(|moment| moment.timestamp_micros()).next();
        Instant(first.unwrap_or_else(|| local.and_utc().timestamp_micros()))
    }

    /// The day of the week of `instant` in this zone.
    pub fn weekday(self, instant: Instant) -> Option<Weekday> {
        Some(match self.date(instant)?.weekday() {
            chrono::Weekday::Mon => Weekday::Monday,
            chrono::Weekday::Tue => Weekday::Tuesday,
            chrono::Weekday::Wed => Weekday::Wednesday,
            chrono::Weekday::Thu => Weekday::Thursday,
            chrono::Weekday::Fri => Weekday::Friday,
            chrono::Weekday::Sat => Weekday::Saturday,
            chrono::Weekday::Sun => Weekday::Sunday,
        })
    }

    /// The time of day of `instant` in this zone.
    pub fn clock_time(self, instant: Instant) -> Option<ClockTime> {
        let local = DateTime::<Utc>::from_timestamp_micros(instant.0)?.with_timezone(&self.0).time();
        Some(ClockTime(local.hour().saturating_mul(60).saturating_add(local.minute())))
    }

    /// Year, month and day of `instant` in this zone.
    pub fn year_month_day(self, instant: Instant) -> Option<(i32, u32, u32)> {
        self.date(instant).map(|date| (date.year(), date.month(), date.day()))
    }

    /// The date of `instant` in this zone.
    pub fn date(self, instant: Instant) -> Option<NaiveDate> {
        let utc = DateTime::<Utc>::from_timestamp_micros(instant.0)?;
        Some(utc.with_timezone(&self.0).date_naive())
    }
}

impl Validity {
    /// The period that is meant in `zone`; an end at or before the start gives an empty one.
    pub fn period(&self, zone: TimeZone) -> Period {
        let from = self.from.map_or(Instant::MIN, |when| when.instant(zone));
        let to = self.to.map_or(Instant::MAX, |when| when.instant(zone));
        Period { from, to }
    }

    /// Whether both ends are open.
    pub fn is_always(&self) -> bool {
        *self == Self::default()
    }
}

impl Period {
    /// All time.
    pub const ALWAYS: Self = Self { from: Instant::MIN, to: Instant::MAX };

    /// Whether `instant` is in it.
    #[inline]
    #[expect(
        clippy::needless_bitwise_bool,
        reason = "which of the two fails cannot be foreseen, so one branch is best"
    )]
    pub fn contains(self, instant: Instant) -> bool {
        (self.from <= instant) & (instant < self.to)
    }

    /// Whether the two share a moment.
    pub fn overlaps(self, other: Self) -> bool {
        self.from.max(other.from) < self.to.min(other.to)
    }

    /// The moments that both share; empty where they share none.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        Self { from: self.from.max(other.from), to: self.to.min(other.to) }
    }

    /// Whether no moment is in it.
    pub fn is_empty(self) -> bool {
        self.from >= self.to
    }
}

impl FromStr for Instant {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let moment = DateTime::parse_from_rfc3339(text).map_err(|_| TimeError)?.with_timezone(&Utc);
        let whole_micros = moment.timestamp_subsec_nanos() % 1000 == 0;
        let in_range = (1..=9999).contains(&moment.year());
        (whole_micros && in_range).then(|| Self(moment.timestamp_micros())).ok_or(TimeError)
    }
}

impl FromStr for When {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        if text.len() != 10 {
            return text.parse().map(Self::Instant);
        }
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| TimeError)?;
        // The parser forgives `2026-3-01 `; the text must be the date's own.
        let in_range = date >= NaiveDate::MIN && date.checked_add_days(Days::new(1)).is_some();
        (in_range && date.to_string() == text && !text.starts_with("0000")).then_some(Self::Date(date)).ok_or(TimeError)
    }
}

impl FromStr for ClockTime {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let time = NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| TimeError)?;
        let clock = Self(time.hour().saturating_mul(60).saturating_add(time.minute()));
        (clock.to_string() == text).then_some(clock).ok_or(TimeError)
    }
}

impl FromStr for TimeZone {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        text.parse().map(Self).map_err(|_| TimeError)
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match DateTime::<Utc>::from_timestamp_micros(self.0) {
            Some(moment) => f.write_str(&moment.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            None => write!(f, "{} us", self.0),
        }
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(date) => write!(f, "{date}"),
            Self::Instant(instant) => write!(f, "{instant}"),
        }
    }
}

impl fmt::Display for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}

crate::text::as_text! {
    Instant "an instant like 2026-03-12T09:30:00Z"
    When "a date like 2026-03-01 or an instant like 2026-03-12T09:30:00Z"
    ClockTime "a time of day like 14:00"
    TimeZone "a time zone of the IANA database, like Europe/Berlin"
}

#[cfg(test)]
mod tests {
    use super::{Period, TimeZone, Validity, When};

    #[test]
    fn a_date_is_its_midnight_in_the_tenants_zone() {
        let check = |zone: &str, when: &str, expected: &str| {
            let zone: TimeZone = zone.parse().unwrap();
            assert_eq!(when.parse::<When>().unwrap().instant(zone).to_string(), expected);
        };
        check("Europe/Berlin", "2026-01-01", "2025-12-31T23:00:00Z");
        check("Europe/Berlin", "2026-07-01", "2026-06-30T22:00:00Z");
        check("Europe/Berlin", "2026-07-01T00:00:00+02:00", "2026-06-30T22:00:00Z");
        check("UTC", "2026-07-01T00:00:00.000001Z", "2026-07-01T00:00:00.000001Z");
        // Beirut's clocks went from 00:00 to 01:00 on this day; Havana's from 01:00 back to 00:00.
        check("Asia/Beirut", "2022-03-27", "2022-03-26T22:00:00Z");
        check("America/Havana", "2022-11-06", "2022-11-06T04:00:00Z");
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", "2026-3-1", "2026-02-30", "0000-01-01", "01.03.2026", "2026-03-12T09:30", "2026-03-12 ", "now"]
        {
            assert!(text.parse::<When>().is_err(), "{text}");
        }
        assert!("2026-01-01T00:00:00.0000001Z".parse::<When>().is_err());
        assert!("Mars/Olympus".parse::<TimeZone>().is_err());
        assert_eq!(super::TimeError.code(), "time.syntax");
    }

    #[test]
    fn periods_are_half_open() {
        let period = |from: &str, to: &str| -> Period {
            Validity { from: from.parse().ok(), to: to.parse().ok() }.period(TimeZone::UTC)
        };
        let (first, second) = (period("2026-01-01", "2026-02-01"), period("2026-02-01", ""));
        assert!(!first.overlaps(second));
        assert!(first.contains(first.from) && !first.contains(first.to) && second.contains(first.to));
        assert!(first.intersection(second).is_empty() && period("2026-02-01", "2026-01-01").is_empty());
    }
}
