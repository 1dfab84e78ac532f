//! Rows in bytes: a canonical form that is cheap to write, for what a book has millions of (R15).

use emptor_core::{Digest, Digester, Exact, Quantity, When, canonical_json};
use serde::Serialize;

/// Rows under way.
///
/// INVARIANT (told apart): a row says which fields it has, and each of them where it ends. So bytes can be read back in
/// one way only, and rows that differ are never written alike.
#[derive(Debug, Default)]
pub(super) struct Bytes(Vec<u8>);

/// How many bytes are hashed at once: as many as a fast cache holds.
const BYTES_AT_ONCE: usize = 1 << 16;

/// The digest of rows in the order in which they are written.
pub(super) fn of_run<T>(rows: &[T], write: impl Fn(&mut Bytes, &T)) -> Digest {
    let mut bytes = Bytes::default();
    bytes.each(rows, write);
    Digest::of(&bytes.0)
}

/// The digest of rows whose order means nothing.
pub(super) fn of_set<T>(rows: &[T], write: impl Fn(&mut Bytes, &T)) -> Digest {
    // Rows are mostly written down by name already: then their bytes are in order where they stand.
    in_order(rows, &write).unwrap_or_else(|| out_of_order(rows, &write))
}

/// The digest of rows whose bytes are in order. `None`: they are not.
fn in_order<T>(rows: &[T], write: &impl Fn(&mut Bytes, &T)) -> Option<Digest> {
    let (mut digester, mut bytes, mut before) = (Digester::default(), Bytes::default(), 0..0);
    for row in rows {
        let start = bytes.0.len();
        write(&mut bytes, row);
        if bytes.0.get(before)? > bytes.0.get(start..)? {
            return None;
        }
        before = start..bytes.0.len();
        if bytes.0.len() >= BYTES_AT_ONCE {
            digester.add(bytes.0.get(..start)?);
            bytes.0.drain(..start);
            before = 0..bytes.0.len();
        }
    }
    digester.add(&bytes.0);
    Some(digester.digest())
}

fn out_of_order<T>(rows: &[T], write: &impl Fn(&mut Bytes, &T)) -> Digest {
    let mut bytes = Bytes::default();
    let mut ends = Vec::with_capacity(rows.len());
    for row in rows {
        write(&mut bytes, row);
        ends.push(bytes.0.len());
    }
    let starts = [0].into_iter().chain(ends.iter().copied());
    let mut sorted: Vec<&[u8]> =
        starts.zip(&ends).map(|(start, &end)| bytes.0.get(start..end).unwrap_or(&[])).collect();
    sorted.sort_unstable();
    Digest::of(&sorted.concat())
}

impl Bytes {
    /// Which of its fields, at most 16, a row has.
    pub(super) fn fields<const N: usize>(&mut self, stated: [bool; N]) {
        let mask = stated.iter().rev().fold(0_u16, |mask, &stated| (mask << 1) | u16::from(stated));
        self.0.extend_from_slice(&mask.to_le_bytes());
    }

    /// Some things, one after the other. How many they are is to be told before.
    pub(super) fn each<T>(&mut self, things: impl IntoIterator<Item = T>, write: impl Fn(&mut Self, T)) {
        for thing in things {
            write(self, thing);
        }
    }

    /// How many things follow.
    pub(super) fn count(&mut self, count: usize) {
        match u8::try_from(count) {
            Ok(small) if small < u8::MAX => self.0.push(small),
            _ => {
                self.0.push(u8::MAX);
                self.0.extend_from_slice(&u64::try_from(count).unwrap_or(u64::MAX).to_le_bytes());
            }
        }
    }

    /// A name, or nothing. A name is not empty and has no control characters, so that it ends at the first zero.
    pub(super) fn name(&mut self, name: Option<&str>) {
        self.0.extend_from_slice(name.unwrap_or("").as_bytes());
        self.0.push(0);
    }

    /// Any text.
    pub(super) fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.extend_from_slice(text.as_bytes());
    }

    /// A decimal: its digits in as few bytes as take them, of 4, 8 or 16, after how many bytes and decimals there are.
    pub(super) fn number(&mut self, number: Exact) {
        let (mantissa, decimals) = (number.mantissa(), u8::try_from(number.decimals()).unwrap_or(u8::MAX));
        if let Ok(short) = i32::try_from(mantissa) {
            let [a, b, c, d] = short.to_le_bytes();
            self.0.extend_from_slice(&[decimals, a, b, c, d]);
        } else if let Ok(long) = i64::try_from(mantissa) {
            self.0.push(decimals | 1 << 5);
            self.0.extend_from_slice(&long.to_le_bytes());
        } else {
            self.0.push(decimals | 1 << 6);
            self.0.extend_from_slice(&mantissa.to_le_bytes());
        }
    }

    /// A number of a unit.
    pub(super) fn quantity(&mut self, quantity: &Quantity) {
        let Quantity { value, unit } = quantity;
        self.number(*value);
        self.name(Some(unit.as_str()));
    }

    /// A date or an instant as it is written, or nothing.
    pub(super) fn when(&mut self, when: Option<When>) {
        match when {
            None => self.0.push(0),
            Some(When::Date(date)) => {
                self.0.push(1);
                self.0.extend_from_slice(&date.to_epoch_days().to_le_bytes());
            }
            Some(When::Instant(instant)) => {
                self.0.push(2);
                self.0.extend_from_slice(&instant.micros().to_le_bytes());
            }
        }
    }

    /// Anything else, as its canonical JSON; documents hold nothing that has none.
    pub(super) fn json<T: Serialize>(&mut self, value: &T) {
        self.text(&canonical_json(value).unwrap_or_else(|error| error.to_string()));
    }
}

#[cfg(test)]
mod tests {
    use super::{BYTES_AT_ONCE, Bytes, of_set};

    #[test]
    fn a_set_that_is_hashed_in_pieces_has_the_digest_that_it_has_out_of_order() {
        let rows: Vec<String> = (0..20_000).map(|number| format!("row-{number:08}")).collect();
        assert!(rows.len() * rows[0].len() > 3 * BYTES_AT_ONCE);
        let write = |bytes: &mut Bytes, row: &String| bytes.name(Some(row));
        let turned: Vec<String> = rows.iter().rev().cloned().collect();
        assert_eq!(of_set(&rows, write), of_set(&turned, write));
        assert_ne!(of_set(&rows, write), of_set(&rows[1..], write));
    }
}
