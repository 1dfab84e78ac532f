//! `cargo xtask tidy`: the house rules that no compiler checks. Each is a function from data to what it found.

mod conformance;
mod dependencies;
mod sources;

use crate::{schema, tree};

pub(crate) fn run() -> Result<(), String> {
    let files = tree::read()?;
    let mut findings = dependencies::findings(&dependencies::workspace()?);
    findings.extend(sources::without_opening(&files));
    findings.extend(sources::with_empty_names(&files));
    findings.extend(sources::too_long(&files));
    findings.extend(sources::with_words_that_stay_here(&files));
    findings.extend(schema::findings(&files, &schema::current()?));
    let cases = conformance::findings(&files);
    if conformance::REQUIRED {
        findings.extend(cases);
    } else {
        for finding in cases {
            println!("warning: {finding}");
        }
    }

    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => {
            println!("tidy: nothing found in {} files", files.len());
            Ok(())
        }
        1 => Err("tidy found 1 thing".to_owned()),
        count => Err(format!("tidy found {count} things")),
    }
}
