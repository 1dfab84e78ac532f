//! Engine and reference give one answer, to the last byte, for the case that some bytes choose.
#![no_main]

use emptor_benches::agreement::{Agreement, check};
use emptor_reference::generate::case;
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    match check(&case(bytes)) {
        Agreement::Same(_) => Corpus::Keep,
        Agreement::NotCompiled(_) => Corpus::Reject,
        Agreement::Differs(difference) => {
            panic!("engine: {}\nreference: {}", difference.engine, difference.reference)
        }
    }
});
