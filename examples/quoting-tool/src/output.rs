//! What goes to stdout.

use std::io::{self, Write};

use serde::Serialize;

use crate::failure::Failure;

/// Prints a text as it is.
pub(crate) fn text(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::Unread,
        kind => Failure::Message(format!("the answer cannot be written: {kind}; look at where the output goes")),
    })
}

/// Prints a value as JSON, indented.
pub(crate) fn json(value: &impl Serialize) -> Result<(), Failure> {
    let json = serde_json::to_string_pretty(value).map_err(|error| Failure::Message(error.to_string()))?;
    text(&format!("{json}\n"))
}
