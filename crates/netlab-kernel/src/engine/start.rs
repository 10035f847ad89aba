//! Getting the engine ready before the user asks for anything.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use anyhow::Result;
use crossbeam_channel::Receiver;
use evcxr::{CommandContext, EvalContext};

use super::chores::Chores;
use super::{Command as Asked, Engine};
use crate::build_dir::BuildDir;
use crate::channel;
use crate::driver;
use crate::failure::in_words;
use crate::failure::place::Sources;
use crate::kernel::Kernel;
use crate::link;
use crate::stopwatch::Stopwatch;

/// What the environment says about the start.
pub(crate) struct Settings {
    /// Below it each kernel has its build directory.
    pub(crate) build_root: PathBuf,
    /// The prepared build directory to start from.
    pub(crate) seed: Option<PathBuf>,
    /// A line that is executed before the first cell.
    pub(crate) preload: Option<String>,
    /// Variables that are of no use to cells.
    pub(crate) private: &'static [&'static str],
    /// Nobody has asked for this kernel yet.
    pub(crate) spare: bool,
}

/// Starts the engine.
pub(super) fn start(
    kernel: &Arc<Kernel>,
    commands: Receiver<Asked>,
    sources: Arc<Sources>,
    settings: &Settings,
) -> Result<Engine> {
    let watch = Stopwatch::start();
    kernel.progress("каталог сборки");
    BuildDir::collect_dead(&settings.build_root)?;
    BuildDir::make(&settings.build_root, settings.seed.as_deref())?;
    kernel.notebook.note(&kernel.build_dir);
    driver::install(&kernel.build_dir)
        .unwrap_or_else(|error| eprintln!("netlab-kernel: driver: {error}"));
    let socket = link::path_in(&kernel.build_dir);
    // A leftover of a process that had this number before.
    let _ = std::fs::remove_file(&socket);
    let events = kernel.clone();
    let handled = sources.clone();
    kernel.link.listen(&socket, move |event| {
        events.on_child(event, &handled);
    })?;
    watch.say("build directory");

    kernel.progress("компилятор");
    let mut child = Command::new(std::env::current_exe()?);
    child.env(channel::SOCKET, &socket);
    driver::restore_environment(&mut child);
    for name in settings.private {
        child.env_remove(name);
    }
    let preload = settings.preload.as_deref().filter(|line| is_there(line));
    let (context, outputs) =
        EvalContext::with_subprocess_command(child).map_err(in_words)?;
    // What a child prints that does not know the channel.
    for (stream, lines) in [
        (channel::Stream::Stdout, outputs.stdout),
        (channel::Stream::Stderr, outputs.stderr),
    ] {
        let kernel = kernel.clone();
        std::thread::spawn(move || {
            for line in lines {
                let cell = kernel.cells.last_visible();
                kernel.output.take(
                    cell,
                    stream,
                    format!("{line}\n").as_bytes(),
                );
            }
        });
    }
    let context = CommandContext::with_eval_context(context);
    watch.say("evcxr");
    let mut engine = Engine {
        kernel: kernel.clone(),
        commands,
        context,
        sources,
        chores: match settings.spare {
            true => Chores::of_a_spare(),
            false => Chores::default(),
        },
        unknown: driver::finds_types().then_some(0),
        preloaded: None,
        knows_main: false,
    };
    engine
        .context
        .execute(":load_config --quiet")
        .map_err(in_words)?;
    watch.say("configuration");
    if preload.is_some() {
        kernel.progress("библиотека netlab");
    }
    engine.run_first(preload);
    watch.say("hooks and preload");
    Ok(engine)
}

impl Engine {
    /// Runs the first cell, unseen: it brings what all cells rely on, loads
    /// into the child what reports panics, and the helper crate, with one run
    /// of the compiler.
    fn run_first(&mut self, preload: Option<&str>) {
        // A failed `?` hands over the debug form of its error, the only one
        // that shows where it came from.
        let hooks = format!(":efmt {{:?}}\n{}", crate::child::FIRST_CELL);
        if let Some(line) = preload {
            match self.execute_hidden(&format!("{line}\n{hooks}")) {
                Ok(()) => {
                    self.preloaded = Some(line.to_owned());
                    return;
                }
                Err(error) => eprintln!("netlab-kernel: `{line}`: {error}"),
            }
        }
        if let Err(error) = self.execute_hidden(&hooks) {
            eprintln!("netlab-kernel: panics are not reported: {error}");
        }
    }
}

/// Whether the path in a `:dep` line exists, seen from the notebook.
fn is_there(line: &str) -> bool {
    package_of(line).is_none_or(|path| path.join("Cargo.toml").is_file())
}

/// The path in a `:dep` line.
pub(crate) fn package_of(line: &str) -> Option<PathBuf> {
    let (_, rest) = line.split_once("path = \"")?;
    let (path, _) = rest.split_once('"')?;
    Some(path.into())
}
