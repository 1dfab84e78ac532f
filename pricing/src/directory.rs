//! Where the entry of a sku stands among those of a version, found without reading entries that are for others.

use std::sync::Arc;

use crate::table::number;

/// The places of the entries of a version's skus.
#[derive(Debug, Clone)]
pub(crate) enum Directory {
    /// Every sku below this number has one entry, at the place of its number; no other has any.
    Every(u32),
    /// Every sku has one entry at most.
    Eights(Arc<[Eight]>),
    /// Where the entries begin of the skus with the same highest bits; one more at the end.
    Runs {
        begins: Arc<[u32]>,
        /// How many bits of a sku are not among these.
        shift: u32,
    },
}

/// Which of eight skus have an entry, a bit for each; above these bits, how many before them have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Eight(u32);

/// Where to look for the entry of a sku.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Whereabouts {
    /// It stands here.
    At(u32),
    /// It is one from here up to there, if there is one.
    Within(u32, u32),
}

impl Directory {
    /// The directory of skus that ascend, in a book of `all`.
    pub(crate) fn new(skus: &[u32], all: usize) -> Self {
        let is_one_each = skus.iter().zip(skus.iter().skip(1)).all(|(left, right)| left < right);
        if !is_one_each {
            return Self::runs(skus, all);
        }
        if skus.last().is_some_and(|last| *last == number(skus.len()).wrapping_sub(1)) {
            return Self::Every(number(skus.len()));
        }
        // At most 8 bytes an entry, as the runs may take.
        let is_dense = all <= skus.len().saturating_mul(16);
        let has_room = skus.len() < Eight::ENTRIES_END;
        if is_dense && has_room { Self::eights(skus, all) } else { Self::runs(skus, all) }
    }

    fn eights(skus: &[u32], all: usize) -> Self {
        let mut eights = Vec::with_capacity(all.div_ceil(8));
        let mut rest = skus;
        let mut before = 0_u32;
        for eight in 0..number(all.div_ceil(8)) {
            let (own, later) = rest.split_at(rest.partition_point(|sku| sku >> 3 == eight));
            let bits = own.iter().fold(0, |bits, sku| bits | Eight::bit_of(*sku));
            eights.push(Eight(before << 8 | bits));
            before = before.saturating_add(number(own.len()));
            rest = later;
        }
        Self::Eights(eights.into())
    }

    fn runs(skus: &[u32], all: usize) -> Self {
        // About as many runs as entries: a look-up meets one or two.
        let runs = skus.len().max(1).next_power_of_two();
        let shift = all.max(1).next_power_of_two().ilog2().saturating_sub(runs.ilog2()).min(31);
        let mut begins = Vec::with_capacity(runs.saturating_add(1));
        let mut place = 0_usize;
        for run in 0..=number(runs) {
            let before = |sku: &&u32| sku.wrapping_shr(shift) < run;
            place = place.saturating_add(skus.get(place..).unwrap_or(&[]).iter().take_while(before).count());
            begins.push(number(place));
        }
        Self::Runs { begins: begins.into(), shift }
    }

    /// Where to look for the entry of a sku; `None`: it has none.
    #[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
    #[inline(always)]
    pub(crate) fn find(&self, sku: u32) -> Option<Whereabouts> {
        match self {
            Self::Every(count) => (sku < *count).then_some(Whereabouts::At(sku)),
            Self::Eights(eights) => eights.get((sku >> 3) as usize)?.place(sku).map(Whereabouts::At),
            Self::Runs { begins, shift } => {
                let &[start, end] = begins.get(sku.wrapping_shr(*shift) as usize..)?.first_chunk::<2>()?;
                Some(Whereabouts::Within(start, end))
            }
        }
    }
}

impl Eight {
    /// There is room for the number of fewer entries.
    const ENTRIES_END: usize = 1 << 24;

    #[inline]
    fn place(self, sku: u32) -> Option<u32> {
        let bit = Self::bit_of(sku);
        if self.0 & bit == 0 {
            return None;
        }
        // As a byte, for the ones of a longer number take twice as long to count.
        let [earlier, ..] = (self.0 & bit.wrapping_sub(1)).to_le_bytes();
        Some((self.0 >> 8).wrapping_add(earlier.count_ones()))
    }

    #[inline]
    fn bit_of(sku: u32) -> u32 {
        1_u32.wrapping_shl(sku & 7)
    }
}

impl Default for Directory {
    fn default() -> Self {
        Self::Every(0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Directory, Whereabouts};

    /// What a directory leads to, among the skus it was made of.
    fn place(directory: &Directory, skus: &[u32], sku: u32) -> Option<usize> {
        match directory.find(sku)? {
            Whereabouts::At(place) => Some(place as usize),
            Whereabouts::Within(start, end) => {
                let run = &skus[start as usize..end as usize];
                run.iter().position(|other| *other == sku).map(|place| place + start as usize)
            }
        }
    }

    #[test]
    fn every_sku_is_found_where_it_stands_and_no_other() {
        let every = |step: usize, all: u32| (0..all).step_by(step).collect::<Vec<u32>>();
        for (skus, all) in [
            (vec![], 0),
            (vec![], 100),
            (every(1, 1000), 1000),
            (every(3, 1000), 1000),
            (every(97, 1000), 1000),
            (every(1000, 100_000), 100_000),
            (vec![31, 32, 63, 64, 95], 96),
            (vec![5, 5, 5, 7], 8),
            (vec![999], 1000),
            ((0..40).collect(), 1000),
        ] {
            let directory = Directory::new(&skus, all);
            for sku in 0..u32::try_from(all + 100).unwrap() {
                let expected = skus.iter().position(|other| *other == sku);
                assert_eq!(place(&directory, &skus, sku), expected, "{sku} of {all}: {directory:?}");
            }
        }
    }

    #[test]
    fn skus_are_kept_in_eights_where_that_takes_eight_bytes_an_entry_at_most() {
        assert!(matches!(Directory::new(&[1], 16), Directory::Eights(_)));
        assert!(matches!(Directory::new(&[1], 17), Directory::Runs { .. }));
        assert!(matches!(Directory::new(&[0, 0], 2), Directory::Runs { .. }), "a sku with two entries");
        assert!(matches!(Directory::new(&[0, 1], 17), Directory::Every(2)), "none is left out up to the last");
    }
}
