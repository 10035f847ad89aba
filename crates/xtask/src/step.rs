//! One long step: says what it does, shows that it is alive, says how long it
//! took.
//!
//! On a terminal the line lives (a spinner or a bar); elsewhere a step is one
//! line when it starts and one when it ends, so that a log reads well.

use std::io::IsTerminal;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use indicatif::{HumanDuration, ProgressBar, ProgressStyle};

/// A step that is under way.
pub(crate) struct Step {
    title: String,
    started: Instant,
    bar: ProgressBar,
}

impl Step {
    /// Starts a step whose length is not known.
    pub(crate) fn start(title: &str) -> Self {
        let style =
            ProgressStyle::with_template("{spinner} {prefix} {elapsed} {msg}")
                .expect("the template is valid");
        Self::with_bar(title, ProgressBar::new_spinner().with_style(style))
    }

    /// Starts a short step, of which a log needs to know nothing.
    pub(crate) fn start_on_a_terminal(title: &str) -> Option<Self> {
        let is_seen = std::io::stderr().is_terminal();
        is_seen.then(|| Self::start(title))
    }

    /// Takes it from the terminal again.
    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }

    /// Starts a step of `total` parts.
    pub(crate) fn of(total: u64, title: &str) -> Self {
        let style = ProgressStyle::with_template(
            "{spinner} {prefix} {bar:24} {pos}/{len} {elapsed} {wide_msg}",
        )
        .expect("the template is valid");
        Self::with_bar(title, ProgressBar::new(total).with_style(style))
    }

    fn with_bar(title: &str, bar: ProgressBar) -> Self {
        if std::io::stderr().is_terminal() {
            bar.set_prefix(title.to_owned());
            bar.enable_steady_tick(Duration::from_millis(120));
        } else {
            eprintln!("{title} …");
        }
        Self {
            title: title.to_owned(),
            started: Instant::now(),
            bar,
        }
    }

    /// `done` parts are done; `name` is shown beside the bar.
    pub(crate) fn at(&self, done: usize, name: &str) {
        self.bar.set_position(done as u64);
        self.bar.set_message(name.to_owned());
    }

    /// The step is done.
    pub(crate) fn done(self) {
        self.clear();
        let took = self.started.elapsed();
        if took < Duration::from_secs(1) {
            eprintln!("{}: done", self.title);
        } else {
            eprintln!("{}: done in {}", self.title, HumanDuration(took));
        }
    }

    /// Runs a command to its end while the step shows that it is alive.
    ///
    /// # Errors
    ///
    /// When the command can't be started or fails; its own last words are
    /// part of the error.
    pub(crate) fn run(&self, command: &mut Command) -> Result<()> {
        let output = self.output(command)?;
        if output.status.success() {
            return Ok(());
        }
        bail!(
            "{} failed: `{}` ended with {}\n{}",
            self.title,
            words(command),
            output.status,
            last_lines(&output, 15)
        )
    }

    /// Runs a command that downloads something.
    ///
    /// # Errors
    ///
    /// As [`Step::run`], but a missing network is one line of its own.
    pub(crate) fn download(&self, command: &mut Command) -> Result<()> {
        let output = self.output(command)?;
        if output.status.success() {
            return Ok(());
        }
        let said = last_lines(&output, 15);
        if NO_NETWORK.iter().any(|words| said.contains(words)) {
            bail!(
                "there is no network, and the first set-up downloads what it \
                 needs; run `cargo lab setup` again when there is one"
            );
        }
        bail!("`{}` ended with {}\n{said}", words(command), output.status)
    }

    fn output(&self, command: &mut Command) -> Result<Output> {
        let program = command.get_program().to_string_lossy().into_owned();
        let output = command
            .stdin(Stdio::null())
            .output()
            .with_context(|| format!("can't run {program}"))?;
        if !output.status.success() {
            self.bar.finish_and_clear();
        }
        Ok(output)
    }
}

/// How pip, cargo and rustup say that a host can't be reached.
const NO_NETWORK: [&str; 6] = [
    "Failed to establish a new connection",
    "Temporary failure in name resolution",
    "Could not resolve host",
    "Network is unreachable",
    "Could not connect to server",
    "client error (Connect)",
];

/// A command as a person would type it.
pub(crate) fn words(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

fn last_lines(output: &Output, count: usize) -> String {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}
