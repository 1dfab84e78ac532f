//! What `bench-peers` installs and runs, as the commands that one would type at the root; versions are in the lock files.

/// Programs that need the same things installed.
pub(crate) struct Ecosystem {
    /// Words parted by single spaces, no quoting.
    pub(crate) install: &'static [&'static str],
    pub(crate) programs: &'static [Program],
}

/// A program that prints a row for each of its peers.
pub(crate) struct Program {
    pub(crate) peers: &'static [&'static str],
    pub(crate) run: &'static str,
}

/// Rust comes first: it writes the workload for the other languages, and ratios are against the program by hand.
pub(crate) const ECOSYSTEMS: [Ecosystem; 4] = [RUST, ZEN, NODE, PYTHON];

/// What ratios are against.
pub(crate) const BY_HAND: &str = "Rust by hand";

const RUST: Ecosystem = Ecosystem {
    install: &[
        "cargo build --quiet --release --locked --manifest-path benches/peers/Cargo.toml --target-dir target/peers/build --package emptor-peers",
        "target/peers/build/release/workload target/peers/workload.json",
    ],
    programs: &[Program {
        peers: &[BY_HAND, "Rust fixed point", "Rhai", "CEL"],
        run: "target/peers/build/release/peers",
    }],
};

/// Apart from the others in Rust: where one of its hundreds of crates does not build, they still do.
const ZEN: Ecosystem = Ecosystem {
    install: &[
        "cargo build --quiet --release --locked --manifest-path benches/peers/Cargo.toml --target-dir target/peers/build --package emptor-peers-zen",
    ],
    programs: &[Program {
        peers: &["ZEN decision table", "ZEN expression"],
        run: "target/peers/build/release/emptor-peers-zen",
    }],
};

const NODE: Ecosystem = Ecosystem {
    install: &["npm ci --prefix benches/peers/node --ignore-scripts --no-audit --no-fund"],
    programs: &[
        Program { peers: &["decimal.js"], run: "node benches/peers/node/decimal.mjs target/peers/workload.json" },
        Program { peers: &["dinero.js"], run: "node benches/peers/node/dinero.mjs target/peers/workload.json" },
        Program {
            peers: &["json-rules-engine"],
            run: "node benches/peers/node/json_rules_engine.mjs target/peers/workload.json",
        },
    ],
};

/// `-B`: nothing is written beside the sources.
const PYTHON: Ecosystem = Ecosystem {
    install: &[
        "python3 -m venv target/peers/python",
        "target/peers/python/bin/python -m pip install --quiet --disable-pip-version-check --requirement benches/peers/python/requirements.txt",
    ],
    programs: &[
        Program {
            peers: &["Python decimal"],
            run: "target/peers/python/bin/python -B benches/peers/python/decimal_lines.py target/peers/workload.json",
        },
        Program {
            peers: &["pandas"],
            run: "target/peers/python/bin/python -B benches/peers/python/pandas_lines.py target/peers/workload.json",
        },
        Program {
            peers: &["polars"],
            run: "target/peers/python/bin/python -B benches/peers/python/polars_lines.py target/peers/workload.json",
        },
    ],
};

#[cfg(test)]
mod tests {
    use super::ECOSYSTEMS;

    #[test]
    fn every_command_can_be_typed() {
        for ecosystem in ECOSYSTEMS {
            for line in ecosystem.install.iter().copied().chain(ecosystem.programs.iter().map(|program| program.run)) {
                assert!(!line.contains("  ") && !line.contains(['"', '\'']), "{line}");
            }
        }
    }
}
