//! `cargo lab`: everything from a fresh clone to the open lesson.
//!
//! | module | what it answers for |
//! |---|---|
//! | [`project`] | where things lie |
//! | [`tools`] | what must be on the machine, and the fix for what is not |
//! | [`setup`] | the steps from a clone to a lab, each done only when needed |
//! | [`step`] | how a long step shows that it is alive |
//! | [`python_env`], [`kernel`], [`seed`] | the steps themselves |
//! | [`jupyter`] | opening the lab and the decks, once for each room; resetting a lesson |
//! | [`room`], [`copies`], [`workspaces`] | what JupyterLab shows: working copies, start page, layouts |
//! | [`readable`] | what is wrong with a file that should be a notebook |
//! | [`lock`] | what two `cargo lab` must not do at once |
//! | [`next_step`] | what to do about an error that the machine makes |
//! | [`lessons`] | which notebooks there are, running them headless |
//! | [`export`] | the hand-outs: pages, decks, PDFs |
//! | [`check`] | the content linter |
//! | [`mod@test`] | the one test command |
//! | [`mod@bench`] | our kernel beside the stock one, our servers beside bare ones |

mod bench;
mod check;
mod copies;
mod export;
mod jupyter;
mod kernel;
mod lessons;
mod lock;
mod next_step;
mod project;
mod python_env;
mod readable;
mod room;
mod seed;
mod setup;
mod step;
mod test;
mod tools;
mod workspaces;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::bench::Subject;
use crate::jupyter::Manner;
use crate::project::Project;
use crate::room::Notebooks;

/// Sets up, opens, runs and tests the netlab lessons.
///
/// Without a command: sets up what is missing and opens JupyterLab at the list
/// of lessons. You work in copies; `cargo lab reset 01` brings a lesson back.
#[derive(Parser)]
#[command(bin_name = "cargo lab", arg_required_else_help = false)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    opening: Opening,
}

/// How the lab is opened, for the commands that open it.
#[derive(Args, Clone, Copy)]
struct Opening {
    /// Starts JupyterLab without opening a browser; it prints its address.
    #[arg(long)]
    no_browser: bool,
    /// Opens the notebooks that git tracks, for who writes lessons, instead
    /// of your working copies.
    #[arg(long)]
    edit: bool,
}

impl Opening {
    /// What was said before the command, and what behind it.
    fn and(self, other: Self) -> Self {
        Self {
            no_browser: self.no_browser || other.no_browser,
            edit: self.edit || other.edit,
        }
    }

    fn manner(self) -> Manner {
        Manner {
            notebooks: match self.edit {
                true => Notebooks::Course,
                false => Notebooks::Mine,
            },
            browser: !self.no_browser,
        }
    }
}

#[derive(Subcommand)]
enum Command {
    /// Sets up what is missing and opens JupyterLab at the list of lessons.
    ///
    /// Where JupyterLab runs already, opens that one. You work in copies, in
    /// .lab/work/notebooks: a copy without edits follows the course, one with
    /// edits stays as it is.
    Open {
        #[command(flatten)]
        opening: Opening,
    },
    /// Opens the slides of a lesson, with the edits of your working copy.
    Slides {
        /// The number of the lesson, `01`.
        lesson: String,
        #[command(flatten)]
        opening: Opening,
    },
    /// Brings lessons back to what the course has.
    ///
    /// A copy with edits stays beside the lesson, with the date in its name,
    /// and so does one that can't be read any more; outputs alone are no edits
    /// and go.
    Reset {
        /// The numbers of the lessons, `01`.
        #[arg(required = true)]
        lessons: Vec<String>,
    },
    /// Sets up only, then says what is where.
    Setup,
    /// Executes lessons headless in fresh kernels, server and client in step.
    ///
    /// As git has them, whatever your working copies say. Says how long the
    /// cells of each section take, and where that is too much of its minutes.
    Run {
        /// The numbers of the lessons, `01`; all of them if none is given.
        lessons: Vec<String>,
        /// The kernel to run them on.
        #[arg(long, value_enum, default_value_t = Kernel::Rust)]
        kernel: Kernel,
        /// What of them: everything, or what a lecturer shows.
        #[arg(long, value_enum, default_value_t = Track::All)]
        track: Track,
        /// Says each cell as it is executed.
        #[arg(long)]
        verbose: bool,
    },
    /// Makes the hand-outs: a site in target/site that needs no network.
    ///
    /// Every lesson is executed and becomes a page, a deck and, where a
    /// Chromium is found (or named by CHROME), a PDF. The former site is
    /// replaced when the new one is finished.
    Export {
        /// The numbers of the lessons, `01`; all of them if none is given.
        /// The site then holds these only.
        lessons: Vec<String>,
    },
    /// Checks the content: slides, minutes, code, words, coverage, links.
    ///
    /// As git has it, whatever your working copies say. What is wanted of a
    /// lesson is written in notebooks/README.md.
    Check {
        /// The numbers of the lessons, `01`; everything if none is given.
        lessons: Vec<String>,
        /// Brings notebooks into canonical form, formats their code, and
        /// writes plans, lesson table and start page.
        #[arg(long)]
        fix: bool,
    },
    /// Tests everything: crates, content, the lessons on both kernels, the
    /// hand-outs, JupyterLab and the decks in a browser.
    Test,
    /// Times our kernel and the stock kernel in one run, or our servers and
    /// bare ones.
    Bench {
        /// What is timed.
        #[arg(value_enum, default_value_t = Subject::Kernels)]
        subject: Subject,
    },
    /// Becomes a program that ends with its parent: JupyterLab.
    #[command(hide = true)]
    EndWithParent {
        /// The number of the parent's process.
        parent: i32,
        /// The program and its arguments.
        #[arg(required = true, trailing_var_arg = true)]
        command: Vec<OsString>,
    },
}

/// The two kernelspecs of the lab.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kernel {
    /// Prepared build directory, own configuration.
    Rust,
    /// The stock kernel, for comparison and as the fallback.
    RustEvcxr,
}

impl Kernel {
    /// Both, in the order in which they are tested.
    pub(crate) const ALL: [Self; 2] = [Self::Rust, Self::RustEvcxr];

    /// The name of the kernelspec's directory.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::RustEvcxr => "rust-evcxr",
        }
    }
}

/// What of a lesson is executed.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Track {
    /// Every slide, and the solutions of the exercises.
    All,
    /// The slides that a lecturer shows.
    Core,
}

impl Track {
    /// As the runner calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Core => "core",
        }
    }
}

/// The command, with what was said about opening in either place.
fn parsed(cli: Cli) -> Result<Command, clap::Error> {
    let said = cli.opening;
    match cli.command {
        None => Ok(Command::Open { opening: said }),
        Some(Command::Open { opening }) => Ok(Command::Open {
            opening: said.and(opening),
        }),
        Some(Command::Slides { lesson, opening }) => Ok(Command::Slides {
            lesson,
            opening: said.and(opening),
        }),
        Some(_) if said.edit || said.no_browser => Err(Cli::command().error(
            ErrorKind::ArgumentConflict,
            "--edit and --no-browser go with `cargo lab` and `cargo lab \
             slides` only",
        )),
        Some(other) => Ok(other),
    }
}

fn main() -> ExitCode {
    let project = Project::here();
    let command = parsed(Cli::parse()).unwrap_or_else(|error| error.exit());
    let done = match command {
        Command::Open { opening } => {
            jupyter::open_lab(&project, opening.manner())
        }
        Command::Slides { lesson, opening } => {
            jupyter::open_slides(&project, &lesson, opening.manner())
        }
        Command::Reset { lessons } => jupyter::reset(&project, &lessons),
        Command::Setup => setup::run(&project).map(|()| {
            setup::say_what_is_where(&project);
            true
        }),
        Command::Run {
            lessons,
            kernel,
            track,
            verbose,
        } => lessons::run(&project, &lessons, kernel, track, verbose),
        Command::Export { lessons } => export::run(&project, &lessons),
        Command::Check { lessons, fix } => check::run(&project, &lessons, fix),
        Command::Test => test::run(&project),
        Command::Bench { subject } => bench::run(&project, subject),
        Command::EndWithParent { parent, command } => {
            jupyter::end_with_parent(parent, &command)
        }
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            if let Some(step) = next_step::after(&error) {
                eprintln!("{step}");
            }
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn lab_is_opened_as_told_before_the_command_or_behind_it() {
        for line in [
            "lab --edit --no-browser",
            "lab open --edit --no-browser",
            "lab --edit slides 01 --no-browser",
            "lab slides --no-browser 01 --edit",
        ] {
            let cli = Cli::try_parse_from(line.split(' ')).unwrap();
            let opening = match parsed(cli).unwrap() {
                Command::Open { opening } => opening,
                Command::Slides { opening, .. } => opening,
                _ => panic!("`{line}` is another command"),
            };
            assert!(opening.edit && opening.no_browser, "{line}");
        }
    }

    #[test]
    fn command_that_opens_nothing_refuses_to_be_told_how() {
        for line in ["lab reset 01 --edit", "lab --no-browser test"] {
            let refused = Cli::try_parse_from(line.split(' '))
                .and_then(parsed)
                .err()
                .unwrap_or_else(|| panic!("`{line}` is taken"));
            assert_eq!(refused.exit_code(), 2, "{line}");
        }
    }

    #[test]
    fn export_takes_lessons_or_none() {
        for (line, expected) in [
            ("lab export", 0),
            ("lab export 01", 1),
            ("lab export 01 02", 2),
        ] {
            let cli = Cli::try_parse_from(line.split(' ')).unwrap();
            let Some(Command::Export { lessons }) = cli.command else {
                panic!("`{line}` is another command");
            };
            assert_eq!(lessons.len(), expected);
        }
    }

    #[test]
    fn run_executes_everything_unless_told_otherwise() {
        for (line, expected) in [
            ("lab run 01", Track::All),
            ("lab run --track core 01", Track::Core),
        ] {
            let cli = Cli::try_parse_from(line.split(' ')).unwrap();
            let Some(Command::Run { track, .. }) = cli.command else {
                panic!("`{line}` is another command");
            };
            assert!(track == expected, "{line}");
        }
    }

    #[test]
    fn bench_times_the_kernels_unless_told_otherwise() {
        for (line, expected) in [
            ("lab bench", Subject::Kernels),
            ("lab bench servers", Subject::Servers),
        ] {
            let cli = Cli::try_parse_from(line.split(' ')).unwrap();
            let Some(Command::Bench { subject }) = cli.command else {
                panic!("`{line}` is another command");
            };
            assert_eq!(subject, expected, "{line}");
        }
    }

    #[test]
    fn help_says_where_the_hand_outs_are() {
        let mut cli = Cli::command();
        let export = cli.find_subcommand_mut("export").unwrap();
        let help = export.render_long_help().to_string();
        assert!(help.contains(export::SITE), "{help}");
        assert!(help.contains("CHROME"), "{help}");
    }
}
