//! On which day an order is processed (R12).

use emptor_core::{Instant, TimeZone, When};

use crate::order_rule::CutOffPlan;
use crate::verdict::{NearRules, Trial};

/// How many days ahead a day of processing is looked for.
const DAYS_AHEAD: u32 = 366;

impl Trial<'_, '_> {
    /// On which day the order is processed, where a rule says until when.
    pub(crate) fn processing_date(&self, rules: &NearRules<'_, '_>) -> Option<When> {
        let (_, plan) = rules.nearest(|rule| rule.cut_off.as_ref())?;
        plan.processing_date(self.order.valid_at, self.order.book.tenant.zone)
    }
}

impl CutOffPlan {
    /// The day of `valid_at` before the time of day, else the next day of processing.
    fn processing_date(&self, valid_at: Instant, zone: TimeZone) -> Option<When> {
        let today = zone.date(valid_at)?;
        let in_time = zone.clock_time(valid_at)? < self.time;
        if in_time && self.processes(When::Date(today)) {
            return Some(When::Date(today));
        }
        let mut day = today;
        for _ in 0..DAYS_AHEAD {
            day = day.succ_opt()?;
            if self.processes(When::Date(day)) {
                return Some(When::Date(day));
            }
        }
        None
    }

    fn processes(&self, date: When) -> bool {
        // A date is the same day in every zone if it is read where it was written.
        let weekday = TimeZone::UTC.weekday(date.instant(TimeZone::UTC));
        let bit = weekday.and_then(|day| 1_u8.checked_shl(day as u32)).unwrap_or(0);
        self.weekdays & bit != 0 && !self.holidays.contains(&date)
    }
}

#[cfg(test)]
mod tests {
    use super::CutOffPlan;

    #[test]
    fn an_order_is_processed_on_the_next_day_of_processing() {
        // Monday to Friday until 14:00 in Berlin; Friday, the third of April 2026, and Monday the sixth are holidays.
        let plan = CutOffPlan {
            time: "14:00".parse().unwrap(),
            weekdays: 0b1_1111,
            holidays: vec!["2026-04-03".parse().unwrap(), "2026-04-06".parse().unwrap()],
        };
        let date = |plan: &CutOffPlan, at: &str| {
            let day = plan.processing_date(at.parse().unwrap(), "Europe/Berlin".parse().unwrap());
            day.map(|day| day.to_string())
        };
        assert_eq!(date(&plan, "2026-04-02T11:59:59Z").as_deref(), Some("2026-04-02"));
        assert_eq!(date(&plan, "2026-04-02T12:00:00Z").as_deref(), Some("2026-04-07"));
        assert_eq!(date(&plan, "2026-04-01T22:30:00Z").as_deref(), Some("2026-04-02"));
        assert_eq!(date(&plan, "2026-04-04T09:00:00Z").as_deref(), Some("2026-04-07"));
        let never = CutOffPlan { weekdays: 0, ..plan };
        assert_eq!(date(&never, "2026-04-02T09:00:00Z"), None);
    }
}
