//! The process that is JupyterLab, and this one in front of it: it says where
//! the lab is, passes on that it shall end, and says when it has ended.

use std::ffi::OsString;
use std::fs;
use std::io::{IsTerminal, Write};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal};
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::child::ending_with_this_process;
use super::log;
use super::page::{self, Browser, Page};
use super::running::{self, Running};
use crate::kernel;
use crate::lock::Lock;
use crate::project::Project;
use crate::room::Room;
use crate::step::Step;

/// How long JupyterLab may take until it answers.
const START: Duration = Duration::from_secs(180);

/// The next step where it does not come up.
const ANEW: &str = "If it does so again: `rm -r .lab/venv`, then `cargo lab` \
                    makes the Python environment anew.";

/// How often it is asked until then.
const LOOK: Duration = Duration::from_millis(50);

/// The argument that says which directory a server serves; by it a process is
/// recognized, too.
pub(super) fn root_argument(root: &Path) -> OsString {
    let mut argument = OsString::from("--ServerApp.root_dir=");
    argument.push(root);
    argument
}

/// Serves `room` until JupyterLab ends; `false` when it ended by itself.
/// `starting` is given back once it answers.
///
/// # Errors
///
/// When it can't be started, or ends before it answers; with the end of its
/// log.
pub(super) fn serve(
    project: &Project,
    room: &Room,
    page: &Page,
    browser: bool,
    starting: Lock,
) -> Result<bool> {
    let mut lab = Lab::start(project, room)?;
    let step = Step::start_on_a_terminal("JupyterLab");
    let answer = lab.wait_until_it_answers(project);
    step.inspect(Step::clear);
    let Some(running) = answer? else {
        lab.end()?;
        return Ok(true);
    };
    drop(starting);
    println!("JupyterLab: {}", running.address(page));
    println!(
        "Ctrl+C stops it and its kernels. Its log: {}",
        project.shown(&room.log())
    );
    let mut opening = None;
    if browser {
        opening = Some(page.open(project, &running, lab.log.try_clone()?)?);
    }
    let ended_by_itself = loop {
        if lab.signals.wait().any(|signal| signal != SIGCHLD) {
            lab.end()?;
            break None;
        }
        if opening.as_mut().is_some_and(Browser::has_ended) {
            opening = None;
        }
        if let Some(status) = lab.process.try_wait()? {
            break Some(status);
        }
    };
    page::forget(&project.runtime(), running.process());
    if let Some(status) = ended_by_itself {
        eprintln!("{}", lab.how_it_ended(status));
        eprintln!(
            "What was saved is there: `cargo lab` opens it again. Variables \
             are gone with the kernels."
        );
    }
    Ok(ended_by_itself.is_none())
}

/// JupyterLab as a child of this process.
struct Lab<'a> {
    process: Child,
    signals: Signals,
    room: &'a Room<'a>,
    log: fs::File,
}

impl<'a> Lab<'a> {
    /// Starts it, and a kernel that is ready when the first notebook wants
    /// one.
    fn start(project: &Project, room: &'a Room) -> Result<Self> {
        // Jupyter refuses to run as root without being told so, and in a
        // container there is often nobody else.
        let is_root = fs::metadata("/proc/self")?.uid() == 0;
        // Before there is a process that a signal could leave behind.
        let signals = Signals::new(
            [SIGINT, SIGTERM, SIGHUP]
                .into_iter()
                .filter(|signal| !is_ignored(*signal))
                .chain([SIGCHLD]),
        )?;
        let log = log::begin(&room.log())?;
        let mut jupyter = project.python("jupyter");
        jupyter
            .arg("lab")
            .arg("--no-browser")
            .args(is_root.then_some("--allow-root"))
            .arg(root_argument(room.root()))
            .arg(format!("--LabApp.default_url={}", page::start_page()))
            // By default the checkpoints would lie beside the notebooks.
            .arg(format!(
                "--FileCheckpoints.checkpoint_dir={}",
                room.checkpoints().display()
            ));
        // Whoever has set it knows how much memory there is.
        let spares = std::env::var(kernel::SPARES.0)
            .unwrap_or_else(|_| kernel::SPARES.1.to_owned());
        jupyter.env(kernel::SPARES.0, &spares);
        let process = ending_with_this_process(&jupyter)?
            // Ctrl+C is for this process; Jupyter would ask back.
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log.try_clone()?)
            .spawn()
            .context("can't start JupyterLab from .lab/venv")?;
        if spares != "0"
            && let Err(error) = kernel::start_spare(
                project,
                &room.notebooks(),
                &jupyter,
                process.id(),
            )
        {
            eprintln!("no spare kernel, the first one takes longer: {error:#}");
        }
        Ok(Self {
            process,
            signals,
            room,
            log,
        })
    }

    /// Waits until it answers; None when it shall end before.
    fn wait_until_it_answers(
        &mut self,
        project: &Project,
    ) -> Result<Option<Running>> {
        let begun = Instant::now();
        loop {
            if self.signals.pending().any(|signal| signal != SIGCHLD) {
                return Ok(None);
            }
            if let Some(status) = self.process.try_wait()? {
                bail!("{}\n{ANEW}", self.how_it_ended(status));
            }
            if let Some(running) =
                running::answering(project, self.process.id())
            {
                return Ok(Some(running));
            }
            // As a child of this process it ends with it.
            if begun.elapsed() > START {
                bail!(
                    "JupyterLab did not answer within {} s.{}\n{ANEW}",
                    START.as_secs(),
                    self.why()
                );
            }
            thread::sleep(LOOK);
        }
    }

    fn how_it_ended(&self, status: ExitStatus) -> String {
        format!("JupyterLab has ended by itself ({status}).{}", self.why())
    }

    /// What its log says about it, and where the log is.
    fn why(&self) -> String {
        let path = self.room.log();
        let log = path.display();
        match log::end(&path).as_str() {
            "" => format!(" Its log, {log}, tells no reason."),
            end => format!(" Its log, {log}, ends so:\n{end}"),
        }
    }

    /// Ends it with its kernels. Whoever says so a second time does not want
    /// to wait until the kernels have been asked.
    fn end(&mut self) -> Result<()> {
        // Below the ^C that a terminal shows.
        let line = if std::io::stdout().is_terminal() {
            "\n"
        } else {
            ""
        };
        say(&format!("{line}Stopping JupyterLab and its kernels …"));
        let process = Pid::from_child(&self.process);
        let mut signal = Signal::TERM;
        loop {
            if self.process.try_wait()?.is_some() {
                say("JupyterLab and its kernels have ended.");
                return Ok(());
            }
            // It can't be another process: nobody else waits for this one.
            rustix::process::kill_process(process, signal)?;
            if self.wait_for_its_end()? {
                continue;
            }
            signal = Signal::KILL;
        }
    }

    /// Waits until it has ended; `false` when somebody loses patience.
    fn wait_for_its_end(&mut self) -> Result<bool> {
        loop {
            if self.process.try_wait()?.is_some() {
                return Ok(true);
            }
            if self.signals.wait().any(|signal| signal != SIGCHLD) {
                return Ok(false);
            }
        }
    }
}

/// Says something in a terminal that may be gone.
fn say(words: &str) {
    let _ = writeln!(std::io::stdout(), "{words}");
}

/// Whether this process was started with the signal ignored: in the
/// background of a script, or by `nohup`. That holds then.
fn is_ignored(signal: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0);
    ignored & (1 << (signal - 1)) != 0
}
