//! The one test command: everything, then a line that counts.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result};

use crate::project::Project;
use crate::step::words;
use crate::{Kernel, Track, check, export, lessons, setup};

/// Tests the crates, the content, the lessons on both kernels, the hand-outs,
/// JupyterLab and the decks; `false` when anything failed.
///
/// A failure does not keep the later parts from running.
///
/// # Errors
///
/// When the set-up fails or a part can't be started.
pub(crate) fn run(project: &Project) -> Result<bool> {
    let started = Instant::now();
    setup::run(project)?;

    let mut tally = Tally::default();
    for part in PARTS {
        // As for the build of the kernel, or it would be compiled twice.
        let mut cargo = project.cargo();
        cargo.args(part.split(' '));
        cargo.env("RUSTDOCFLAGS", "--deny warnings");
        tally.run(&mut cargo)?;
    }

    heading("cargo lab check");
    tally.add_one(check::run(project, &[], false).unwrap_or_else(|error| {
        println!("{error:#}");
        false
    }));

    tally.run(&mut pytest(project, "tests"))?;

    let all = lessons::all(project)?;
    for kernel in Kernel::ALL {
        let mut runner =
            lessons::runner(project, &all, kernel, track_on(kernel));
        tally.run(runner.arg("--keep-outputs").arg(export::EXECUTED))?;
    }

    // The hand-outs of what has just been executed.
    tally.run(&mut export::exporter(project, &all, &[]))?;
    let mut handouts = pytest(project, "tests/test_export_browser.py");
    tally.run(handouts.env("NETLAB_TEST_SITE", export::SITE))?;

    tally.run(&mut pytest(project, "browser_tests"))?;

    let minutes = started.elapsed().as_secs_f64() / 60.0;
    println!("\ntested in {minutes:.1} minutes");
    let Tally {
        passed,
        failed,
        skipped,
    } = tally;
    match skipped {
        0 => println!("{passed} passed, {failed} failed"),
        _ => println!("{passed} passed, {failed} failed, {skipped} skipped"),
    }
    Ok(failed == 0)
}

/// The extras are for our kernel; the stock one, slow as it is, has to manage
/// what a lecturer shows.
fn track_on(kernel: Kernel) -> Track {
    match kernel {
        Kernel::Rust => Track::All,
        Kernel::RustEvcxr => Track::Core,
    }
}

/// The parts that cargo runs, each as a person would type it.
const PARTS: &[&str] = &[
    "fmt --all --check",
    "clippy --package netlab --package xtask --all-targets --locked --offline -- --deny warnings",
    "clippy --package netlab-kernel --release --all-targets --locked --offline -- --deny warnings",
    "test --package netlab --package xtask --locked --offline --no-fail-fast",
    "test --package netlab-kernel --release --locked --offline",
    "doc --package netlab --package xtask --no-deps --document-private-items --locked --offline",
];

/// The command that runs the Python tests in `tests`.
///
/// What drives a browser has a process of its own: Playwright does not start
/// twice in one.
fn pytest(project: &Project, tests: &str) -> Command {
    let mut pytest = project.python("python");
    // `-rs`: what was skipped, and why.
    pytest.args(["-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider"]);
    pytest.arg(format!("crates/xtask/python/{tests}"));
    pytest
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    passed: usize,
    failed: usize,
    skipped: usize,
}

impl Tally {
    /// Runs a part, shows what it prints, and counts what it says it counted;
    /// a part that counts nothing (a linter) is one test.
    fn run(&mut self, command: &mut Command) -> Result<()> {
        heading(&words(command));
        let started = Instant::now();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("can't run {}", words(command)))?;
        let mut text = String::new();
        let stdout = child.stdout.take().expect("stdout is piped");
        for line in BufReader::new(stdout).lines() {
            let line = line?;
            println!("{line}");
            text.push_str(&line);
            text.push('\n');
        }
        let Tally {
            passed,
            failed,
            skipped,
        } = counts(&text);
        let succeeded = child.wait()?.success();
        println!("   took {:.0} s", started.elapsed().as_secs_f64());
        let counted = passed + skipped > 0;
        self.passed += passed + usize::from(succeeded && !counted);
        self.skipped += skipped;
        // A part that ends badly without counting (it did not compile, it was
        // killed) has failed all the same.
        self.failed += failed + usize::from(!succeeded && failed == 0);
        Ok(())
    }

    fn add_one(&mut self, succeeded: bool) {
        self.passed += usize::from(succeeded);
        self.failed += usize::from(!succeeded);
    }
}

fn heading(text: &str) {
    println!("\n── {text}");
}

/// Adds up `N passed`, `N failed` and `N skipped` on the lines that close a
/// run of cargo test, pytest or the lesson runner.
fn counts(text: &str) -> Tally {
    let mut sums = Tally::default();
    for line in text.lines().filter(|line| is_closing(line)) {
        let words: Vec<_> = line
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        for pair in words.windows(2) {
            let number = pair[0].parse::<usize>().unwrap_or(0);
            match pair[1] {
                "passed" => sums.passed += number,
                "failed" | "error" | "errors" => sums.failed += number,
                "skipped" => sums.skipped += number,
                _ => {}
            }
        }
    }
    sums
}

fn is_closing(line: &str) -> bool {
    let counts_first = line.starts_with(|c: char| c.is_ascii_digit());
    let pytest = counts_first && line.contains(" in ");
    let runner = counts_first && line.ends_with(" failed");
    line.starts_with("test result: ") || pytest || runner
}

#[cfg(test)]
mod tests {
    use super::{Tally, counts};

    fn tally(passed: usize, failed: usize, skipped: usize) -> Tally {
        Tally {
            passed,
            failed,
            skipped,
        }
    }

    #[test]
    fn closing_lines_are_added_up() {
        let cargo = "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured\n\
                     test result: FAILED. 3 passed; 2 failed; 0 ignored\n";
        assert_eq!(counts(cargo), tally(15, 2, 0));
        assert_eq!(counts("1 failed, 7 passed in 3.21s\n"), tally(7, 1, 0));
        assert_eq!(counts("2 passed, 1 error in 0.50s\n"), tally(2, 1, 0));
        assert_eq!(counts("90 passed in 61.00s (0:01:01)\n"), tally(90, 0, 0));
        assert_eq!(counts("33 skipped in 0.61s\n"), tally(0, 0, 33));
        assert_eq!(counts("2 passed, 0 failed\n"), tally(2, 0, 0));
    }

    #[test]
    fn other_lines_do_not_count() {
        assert_eq!(counts("100 passed the first gate\n"), tally(0, 0, 0));
        assert_eq!(counts("test a ... ok\n"), tally(0, 0, 0));
    }
}
