//! A text that is an exact decimal prints as one that is read as the same number, which prints the same.
#![no_main]

use emptor_core::Exact;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(number) = text.parse::<Exact>() else { return };
    let printed = number.to_string();
    let again: Exact = printed.parse().expect("what is printed is read");
    assert_eq!(again, number, "{text}");
    assert_eq!(again.to_string(), printed, "{text}");
    assert!(number.decimals() <= 28 && number.digits() <= 29, "{text}");
    // One text for one number: no zeros that say nothing, no sign of zero.
    let (whole, decimals) = printed.split_once('.').unwrap_or((&printed, "1"));
    assert!(!decimals.is_empty() && !decimals.ends_with('0'), "{text} is {printed}");
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    assert!(digits == "0" || !digits.starts_with('0'), "{text} is {printed}");
    assert!(!number.is_zero() || printed == "0", "{text} is {printed}");
    if let Some(mantissa) = number.scaled(number.decimals()) {
        assert_eq!(Exact::from_scaled(mantissa, number.decimals()), Some(number), "{text}");
    }
});
