//! The analyst itself: an `evcxr` that knows what the cells have defined, and
//! neither compiles nor runs anything.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{self, BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use evcxr::{CommandContext, EvalContext};
use rustix::process::{Signal, nice, set_parent_process_death_signal};

use super::SOURCES;
use super::message::{Answer, Answered, Asked, Completion, Request, Variable};
use super::mirror;
use crate::failure::in_words;
use crate::front_end::EVCXR_TMPDIR;
use crate::stopwatch::Stopwatch;

/// Cells come first, see `nice(2)`.
const NICE: i32 = 10;

/// What `evcxr` takes for the process that runs the cells. It is done with
/// each of them at once.
const RUNNER: &str =
    "while read -r line; do echo EVCXR_EXECUTION_COMPLETE; done";

/// Is an analyst, until the kernel closes the standard input.
///
/// # Errors
///
/// When `evcxr` can't start, or when a pipe breaks.
pub(crate) fn serve() -> Result<()> {
    // It may be deep in thought when the kernel ends, and not read.
    set_parent_process_death_signal(Some(Signal::KILL))?;
    nice(NICE)?;
    let watch = Stopwatch::start();
    let directory = env::var_os(EVCXR_TMPDIR).map(PathBuf::from);
    let directory = directory.context("the kernel starts an analyst")?;
    let mut shadow = Shadow::start(directory)?;
    watch.say("analyst, start");
    for line in io::stdin().lock().lines() {
        let Asked { id, request } = serde_json::from_str(&line?)?;
        let watch = Stopwatch::start();
        let kind = request.kind();
        let answer = shadow.answer(request);
        watch.say(&format!("analyst, {kind}"));
        let mut line = serde_json::to_string(&Answered { id, answer })?;
        line.push('\n');
        // In one piece: evcxr may print too.
        io::stdout().lock().write_all(line.as_bytes())?;
    }
    Ok(())
}

/// A library in which there is nothing: rust-analyzer need not read the real
/// one before it is told of the first crate, with which it would read all
/// again. When this one is gone it finds the other by itself.
pub(super) fn no_library_in(directory: &Path) -> PathBuf {
    directory.join("no-library")
}

struct Shadow {
    context: CommandContext,
    directory: PathBuf,
    /// What `evcxr` has been told of variables.
    variables: BTreeMap<String, String>,
}

impl Shadow {
    fn start(directory: PathBuf) -> Result<Self> {
        let empty = no_library_in(&directory);
        // The name by which rust-analyzer tells a library.
        fs::create_dir_all(empty.join("core"))?;
        let mut runner = Command::new("/bin/sh");
        runner.args(["-c", RUNNER]).env_remove(SOURCES);
        let (context, _) =
            EvalContext::with_subprocess_command(runner).map_err(in_words)?;
        let context = CommandContext::with_eval_context(context);
        let mut shadow = Self {
            context,
            directory,
            variables: BTreeMap::new(),
        };
        // Names that the user has in every cell.
        shadow.execute(":load_config --quiet");
        fs::remove_dir_all(empty)?;
        // It looks for the library again when the manifest changes.
        shadow.execute(":opt 1");
        Ok(shadow)
    }

    fn answer(&mut self, request: Request) -> Option<Answer> {
        match request {
            Request::Mirror { code } => {
                self.mirror(&code);
                None
            }
            Request::Variables { all } => {
                self.set_variables(all);
                None
            }
            Request::Complete { code, at } => self.complete(&code, at),
            Request::Inspect { code, at } => self.inspect(&code, at),
        }
    }

    fn mirror(&mut self, code: &str) {
        if mirror::brings_crates(code) {
            self.take_versions();
        }
        if mirror::clears(code) {
            self.variables.clear();
        }
        self.execute(code);
    }

    /// The crates are to be the ones that the kernel has compiled.
    fn take_versions(&self) {
        const VERSIONS: &str = "Cargo.lock";
        if let Some(kernel) = self.directory.parent() {
            // Without dependencies there is none.
            let _ =
                fs::copy(kernel.join(VERSIONS), self.directory.join(VERSIONS));
        }
    }

    /// Declares the variables that are new or have another type. `evcxr`
    /// forgets variables only all at once.
    fn set_variables(&mut self, all: Vec<Variable>) {
        let all: BTreeMap<_, _> =
            all.into_iter().map(|it| (it.name, it.of)).collect();
        if self.variables.keys().any(|name| !all.contains_key(name)) {
            self.forget_variables();
        }
        let known = &self.variables;
        let new: Vec<String> = all
            .iter()
            .filter(|(name, of)| known.get(*name) != Some(of))
            // Analysed and never run: only the name and the type count.
            .map(|(name, of)| format!("let {name}: {of} = unreachable!();\n"))
            .collect();
        // One with a type that rust-analyzer can't read spoils the rest.
        if !self.execute(&new.concat()) && new.len() > 1 {
            for variable in &new {
                self.execute(variable);
            }
        }
        self.variables = all;
    }

    /// Makes `evcxr` find that the process has died that has them.
    fn forget_variables(&mut self) {
        let process = self.context.process_handle();
        if let Ok(mut process) = process.lock() {
            let _ = process.kill();
            let _ = process.wait();
        }
        let context = &mut self.context;
        let _ = catch_unwind(AssertUnwindSafe(|| context.execute("();")));
        self.variables.clear();
    }

    /// Says whether `evcxr` has taken it.
    fn execute(&mut self, code: &str) -> bool {
        let context = &mut self.context;
        let done = catch_unwind(AssertUnwindSafe(|| context.execute(code)));
        match done {
            Ok(Ok(_)) => true,
            Ok(Err(error)) => {
                eprintln!("netlab-kernel: analyst: {error}");
                false
            }
            Err(_) => false,
        }
    }

    fn complete(&mut self, code: &str, at: usize) -> Option<Answer> {
        let code = mirror::without_commands(code, Some(at));
        let context = &mut self.context;
        let found =
            catch_unwind(AssertUnwindSafe(|| context.completions(&code, at)));
        let found = found.ok()?.ok()?;
        let all = found.completions.into_iter().map(|it| Completion {
            code: it.code,
            kind: it.kind.to_owned(),
            label: it.label,
        });
        Some(Answer::Completions {
            start: found.start_offset,
            end: found.end_offset,
            all: all.collect(),
        })
    }

    fn inspect(&mut self, code: &str, at: usize) -> Option<Answer> {
        let code = mirror::without_commands(code, None);
        let context = &mut self.context;
        let found =
            catch_unwind(AssertUnwindSafe(|| context.hover_at(&code, at)));
        let (plain, html) = found.ok()?.ok()?;
        (plain != "No documentation found")
            .then_some(Answer::Documentation { plain, html })
    }
}
