//! A step: one command of cargo's, with a name, run where the workspace is.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::tree;

/// One command.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    /// What is run and what a reader is told to run again: words parted by single spaces, no quoting.
    pub(crate) command: &'static str,
    /// A variable that is set for this command only.
    pub(crate) variable: Option<(&'static str, &'static str)>,
}

impl Step {
    /// The command as one would type it.
    fn line(&self) -> String {
        match self.variable {
            Some((name, value)) => format!("{name}='{value}' {}", self.command),
            None => self.command.to_owned(),
        }
    }

    fn command(&self) -> Command {
        let mut words = self.command.split(' ');
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words).envs(self.variable).current_dir(tree::root());
        command
    }
}

/// Runs a command, its output going where ours goes unless it says otherwise.
fn run(mut command: Command) -> Result<(), String> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(status.to_string()),
        Err(error) => Err(format!("could not start it: {error}")),
    }
}

/// Runs the steps in order and stops at the first that fails, with a message that says what to run again.
pub(crate) fn run_all(steps: &[Step]) -> Result<(), String> {
    run_all_with(steps, |step| run(step.command()))
}

fn run_all_with(steps: &[Step], mut run: impl FnMut(&Step) -> Result<(), String>) -> Result<(), String> {
    let started = Instant::now();
    for step in steps {
        let step_started = Instant::now();
        println!("==> {}: {}", step.name, step.line());
        let outcome = run(step);
        let time = seconds(step_started.elapsed());
        match outcome {
            Ok(()) => println!("==> {}: passed in {time}", step.name),
            Err(why) => {
                return Err(format!("`{}` failed after {time} ({why}); run it again: {}", step.name, step.line()));
            }
        }
    }
    println!("==> {} of {} steps passed in {}", steps.len(), steps.len(), seconds(started.elapsed()));
    Ok(())
}

fn seconds(duration: Duration) -> String {
    let tenths = duration.as_millis() / 100;
    format!("{}.{} s", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use std::process::Stdio;
    use std::time::Duration;

    use super::{Step, run, run_all_with, seconds};

    const STEPS: [Step; 3] = [
        Step { name: "first", command: "cargo one", variable: None },
        Step { name: "second", command: "cargo two --all", variable: Some(("FLAGS", "-D warnings")) },
        Step { name: "third", command: "cargo three", variable: None },
    ];

    #[test]
    fn steps_stop_at_the_first_failure_and_name_the_command() {
        let mut seen = Vec::new();
        let outcome = run_all_with(&STEPS, |step| {
            seen.push(step.name);
            if step.name == "second" { Err("planted".to_owned()) } else { Ok(()) }
        });
        assert_eq!(seen, ["first", "second"]);
        let message = outcome.expect_err("the second step fails");
        assert!(message.ends_with("(planted); run it again: FLAGS='-D warnings' cargo two --all"), "{message}");
    }

    #[test]
    fn all_steps_run_where_none_fails() {
        let mut seen = Vec::new();
        let outcome = run_all_with(&STEPS, |step| {
            seen.push(step.name);
            Ok(())
        });
        assert_eq!((outcome, seen.len()), (Ok(()), 3));
    }

    #[test]
    fn a_command_that_fails_or_does_not_exist_is_a_failed_step() {
        let run_quietly = |line| {
            let mut command = Step { name: "planted", command: line, variable: None }.command();
            command.stdout(Stdio::null()).stderr(Stdio::null());
            run(command)
        };
        assert_eq!(run_quietly("cargo --version"), Ok(()));
        assert!(run_quietly("cargo no-such-command-of-ours").is_err_and(|why| why.starts_with("exit")));
        assert!(run_quietly("no-such-program-of-ours").is_err_and(|why| why.starts_with("could not start it")));
    }

    #[test]
    fn time_is_shown_in_tenths() {
        assert_eq!(seconds(Duration::from_millis(61_250)), "61.2 s");
        assert_eq!(seconds(Duration::from_millis(40)), "0.0 s");
    }
}
