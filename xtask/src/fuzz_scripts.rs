//! `cargo xtask fuzz-scripts SECONDS`: tries to break scripts, by libFuzzer, within bounds on memory and time.
//!
//! Without a sanitizer: Emptor has no unsafe code, and memory and time are then those of a build that is shipped. What
//! is found is in `fuzz/artifacts`, and what the next run starts from in `fuzz/corpus`.

use std::process::Command;

use crate::tree;

/// libFuzzer's: the most that may be asked for at once, and be held, in MiB; seconds for a case; bytes of a case.
const BOUNDS: [&str; 5] =
    ["-malloc_limit_mb=64", "-rss_limit_mb=512", "-timeout=20", "-max_len=4096", "-dict=fuzz/scripts/words.dict"];

const INSTALL: &str = "install it: `rustup toolchain install nightly`, `cargo install cargo-fuzz --locked`";

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let seconds = match arguments {
        [seconds] if seconds.parse::<u32>().is_ok_and(|seconds| seconds > 0) => seconds,
        _ => return Err("`fuzz-scripts` takes how many seconds to try, above zero".to_owned()),
    };
    // The toolchain that runs this task is of this repository; cargo-fuzz needs another.
    let on_nightly = || {
        let mut command = Command::new("rustup");
        command.args(["run", "nightly", "cargo", "fuzz"]).current_dir(tree::root());
        command
    };
    if !on_nightly().arg("--version").output().is_ok_and(|output| output.status.success()) {
        return Err(format!("nightly with cargo-fuzz is not on this machine; {INSTALL}"));
    }
    let mut command = on_nightly();
    command.args(["run", "--sanitizer", "none", "scripts_do_no_harm", "--"]);
    command.args(BOUNDS).args([format!("-max_total_time={seconds}").as_str(), "-print_final_stats=1"]);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => {
            Err(format!("{status}; make the case small by `cargo +nightly fuzz tmin scripts_do_no_harm FILE`"))
        }
        Err(error) => Err(format!("could not start it: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::run;

    #[test]
    fn it_takes_seconds_and_nothing_else() {
        for words in [&[][..], &["0"], &["-1"], &["ten"], &["1", "2"]] {
            let words: Vec<String> = words.iter().map(ToString::to_string).collect();
            assert!(run(&words).is_err_and(|why| why.starts_with("`fuzz-scripts` takes")), "{words:?}");
        }
    }
}
