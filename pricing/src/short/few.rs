//! A few numbers in place, so that a line allocates nothing.

/// Most that are held.
const MAX: usize = 7;

/// Up to seven numbers.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Few {
    numbers: [u32; MAX],
    count: u32,
}

impl Few {
    /// Adds one. `None`: there is no room.
    #[inline]
    pub(crate) fn push(&mut self, number: u32) -> Option<()> {
        *self.numbers.get_mut(self.count as usize)? = number;
        self.count = self.count.checked_add(1)?;
        Some(())
    }

    #[inline]
    pub(crate) fn all(&self) -> &[u32] {
        self.numbers.get(..self.count as usize).unwrap_or(&[])
    }

    /// Puts them in order.
    pub(crate) fn sort(&mut self) {
        if let Some(taken) = self.numbers.get_mut(..self.count as usize) {
            taken.sort_unstable();
        }
    }

    /// Keeps one of each, where they are in order.
    pub(crate) fn dedup(&mut self) {
        let taken = *self;
        self.count = 0;
        for number in taken.all() {
            if self.all().last() != Some(number) {
                // There is room: there was for more.
                _ = self.push(*number);
            }
        }
    }
}
