//! Which version of a list or contract counts when, by what was recorded (R3).

use emptor_core::{Instant, Period};

/// When each of some versions counts: of those that hold at a moment, the one with the highest number.
///
/// Takes the versions' numbers and periods, and gives for each, in their order, the disjoint periods in which it counts.
pub(super) fn effective(versions: &[(u32, Period)]) -> Vec<Vec<Period>> {
    let mut bounds: Vec<Instant> = versions.iter().flat_map(|(_, period)| [period.from, period.to]).collect();
    bounds.sort_unstable();
    bounds.dedup();
    let mut counting: Vec<Vec<Period>> = vec![Vec::new(); versions.len()];
    for (from, to) in bounds.iter().zip(bounds.iter().skip(1)) {
        let holding = versions.iter().enumerate().filter(|(_, (_, period))| period.contains(*from));
        let Some((winner, _)) = holding.max_by_key(|(_, (number, _))| *number) else { continue };
        let Some(periods) = counting.get_mut(winner) else { continue };
        match periods.last_mut() {
            Some(last) if last.to == *from => last.to = *to,
            _ => periods.push(Period { from: *from, to: *to }),
        }
    }
    counting
}

/// The moments that are in both of two runs of disjoint periods, ascending.
pub(super) fn intersection(left: &[Period], right: &[Period]) -> Vec<Period> {
    let pairs = left.iter().flat_map(|left| right.iter().map(|right| left.intersection(*right)));
    let mut shared: Vec<Period> = pairs.filter(|period| !period.is_empty()).collect();
    shared.sort_unstable();
    shared
}

#[cfg(test)]
mod tests {
    use emptor_core::{Instant, Period};

    use super::effective;

    #[test]
    fn the_highest_number_that_holds_counts() {
        let period = |from, to| Period { from: Instant::from_micros(from), to: Instant::from_micros(to) };
        let counting = effective(&[(1, period(0, 10)), (3, period(4, 6)), (2, period(2, 5))]);
        assert_eq!(counting, [vec![period(0, 2), period(6, 10)], vec![period(4, 6)], vec![period(2, 4)]]);
        assert_eq!(effective(&[(1, period(3, 3))]), [vec![]]);
    }
}
